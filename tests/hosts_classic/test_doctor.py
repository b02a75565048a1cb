"""The doctor: each ailment is found, by itself, with a remedy in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.hosts.classic import doctor, doctor_windows
from lowcarbon_xl.hosts.classic.configuration import INTERPRETER
from lowcarbon_xl.hosts.classic.doctor import Finding
from lowcarbon_xl.hosts.classic.install import UserPlaces

HEALTHY_REGISTRY: dict[tuple[str, str], object] = {(r"Software\Microsoft\Office\16.0\Excel\Options", "*"): 1}


def levels(findings: Iterable[Finding]) -> list[str]:
    return [finding.level for finding in findings]


def only(findings: Iterable[Finding], level: str) -> Finding:
    """The one finding of a level, which must come with its remedy."""
    found = [finding for finding in findings if finding.level == level]
    assert len(found) == 1
    assert found[0].remedy.zh
    assert found[0].remedy.en
    return found[0]


def test_this_machine_is_diagnosed_and_nothing_fails() -> None:
    findings = doctor.diagnose(functions())
    assert "fail" not in levels(findings)
    assert any("numpy" in finding.what.en for finding in findings)
    assert "Windows" in findings[-1].what.en
    for finding in findings:
        assert finding.level == "ok" or (finding.remedy.zh and finding.remedy.en)


@pytest.mark.parametrize(
    ("python", "bits", "level"),
    [((3, 11), 64, "ok"), ((3, 13), 64, "ok"), ((3, 10), 64, "fail"), ((3, 12), 32, "warn")],
)
def test_python(python: tuple[int, int], bits: int, level: str) -> None:
    assert levels(doctor.python_findings(python, bits)) == [level]


def test_missing_packages_are_named_with_the_command() -> None:
    finding = only(doctor.package_findings({"numpy": "2.0", "xlwings": None, "scipy": None}), "fail")
    assert finding.what.en == "missing: xlwings, scipy"
    assert finding.remedy.en == "pip install xlwings scipy"


def test_the_needed_packages_come_from_the_installed_metadata() -> None:
    packages = doctor.installed_packages()
    assert {"numpy", "openpyxl", "xlwings"} <= packages.keys()
    assert "pytest" not in packages
    assert all(packages.values())


def test_office_and_fonts() -> None:
    assert levels(doctor.office_findings("/usr/bin/soffice")) == ["ok"]
    only(doctor.office_findings(None), "warn")
    assert levels(doctor.font_findings(["Noto Sans CJK SC"])) == ["ok"]
    only(doctor.font_findings([]), "warn")
    assert levels(doctor.font_findings(None)) == []


@pytest.fixture
def places(tmp_path: Path) -> UserPlaces:
    environment = {"APPDATA": str(tmp_path / "漫游"), "USERPROFILE": str(tmp_path / "用户 一")}
    return UserPlaces.of_user(environment, "gbk")


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An interpreter with xlwings' library beside it."""
    folder = tmp_path / "Python 三"
    folder.mkdir()
    (folder / "xlwings64-0.37.8.dll").touch()
    (folder / "python.exe").touch()
    return folder / "python.exe"


def test_the_addin_is_missing_old_or_right(places: UserPlaces) -> None:
    assert "lowcarbon install" in only(doctor_windows.addin_findings(places, b"new"), "fail").remedy.en
    places.startup.mkdir(parents=True)
    places.addin.write_bytes(b"old")
    only(doctor_windows.addin_findings(places, b"new"), "warn")
    assert levels(doctor_windows.addin_findings(places, b"old")) == ["ok"]


def test_the_registered_python_is_missing_another_or_this_one(places: UserPlaces, python: Path) -> None:
    only(doctor_windows.settings_findings(places, python, "0.37.8"), "fail")
    places.configuration.change({INTERPRETER: str(python)})
    assert levels(doctor_windows.settings_findings(places, python, "0.37.8")) == ["ok", "ok"]
    other = python.with_name("pythonw.exe")
    assert "another Python" in only(doctor_windows.settings_findings(places, other, "0.37.8"), "warn").what.en


def test_an_upgraded_xlwings_is_told_from_the_library_that_is_there(places: UserPlaces, python: Path) -> None:
    places.configuration.change({INTERPRETER: str(python)})
    finding = only(doctor_windows.settings_findings(places, python, "0.40.0"), "fail")
    assert "xlwings64-0.40.0.dll is not there, only xlwings64-0.37.8.dll" in finding.what.en


def test_a_configuration_that_cannot_be_read_is_a_finding(places: UserPlaces, python: Path) -> None:
    places.configuration.path.parent.mkdir(parents=True)
    places.configuration.path.write_bytes(b"\xff\xff\x00")
    finding = only(doctor_windows.settings_findings(places, python, "0.37.8"), "fail")
    assert str(places.configuration.path) in finding.what.en


@pytest.mark.parametrize(
    ("interpreter", "environment", "level"),
    [
        (r"C:\Users\a\AppData\Local\Microsoft\WindowsApps\python.exe", {}, ["fail"]),
        (r"\\server\share\python.exe", {}, ["warn"]),
        (r"C:\conda\python.exe", {"CONDA_PREFIX": r"C:\conda"}, ["warn"]),
        (r"C:\Python311\python.exe", {}, []),
    ],
)
def test_the_interpreters_place(interpreter: str, environment: dict[str, str], level: list[str]) -> None:
    assert levels(doctor_windows.interpreter_findings(Path(interpreter), environment)) == level


@pytest.mark.parametrize(
    ("pywin32", "excel", "level"), [(True, True, ["ok"]), (False, True, ["fail"]), (True, False, ["fail"])]
)
def test_com(pywin32: bool, excel: bool, level: list[str]) -> None:
    assert levels(doctor_windows.com_findings(pywin32, excel)) == level


POLICY = r"Software\Policies\Microsoft\office\16.0"
USER = r"Software\Microsoft\Office\16.0\Excel"


@pytest.mark.parametrize(
    ("settings", "level", "what"),
    [
        ({(rf"{POLICY}\common", "vbaoff"): 1}, "fail", "VBA off"),
        ({(rf"{USER}\Security", "DisableAllAddins"): 1}, "fail", "all add-ins"),
        ({(rf"{POLICY}\excel\security", "requireaddinsig"): 1}, "fail", "signed"),
        ({(rf"{USER}\Resiliency\DisabledItems", "*"): b"x"}, "warn", "disabled some add-in"),
        ({(rf"{USER}\Security\Trusted Locations", "AllLocationsDisabled"): 1}, "warn", "trusted locations are off"),
        (
            {
                (rf"{USER}\Security\Trusted Locations", "AllLocationsDisabled"): 1,
                (rf"{POLICY}\excel\security", "vbawarnings"): 4,
            },
            "fail",
            "macros are disabled",
        ),
    ],
)
def test_trust_settings(settings: dict[tuple[str, str], object], level: str, what: str) -> None:
    registry = {**HEALTHY_REGISTRY, **settings}
    findings = doctor_windows.trust_findings(lambda key, name: registry.get((key, name)))
    assert what in only(findings, level).what.en


def test_healthy_trust_settings_are_fine() -> None:
    findings = doctor_windows.trust_findings(lambda key, name: HEALTHY_REGISTRY.get((key, name)))
    assert levels(findings) == ["ok", "ok"]


def test_disabled_macros_do_not_matter_in_a_trusted_location() -> None:
    registry = {**HEALTHY_REGISTRY, (rf"{USER}\Security", "VBAWarnings"): 4}
    assert levels(doctor_windows.trust_findings(lambda key, name: registry.get((key, name)))) == ["ok", "ok"]


def test_the_settings_of_an_older_office_are_read_where_they_are() -> None:
    older = USER.replace("16.0", "15.0")
    registry = {(rf"{older}\Options", "*"): 1, (rf"{older}\Security", "DisableAllAddins"): 1}
    finding = only(doctor_windows.trust_findings(lambda key, name: registry.get((key, name))), "fail")
    assert "all add-ins" in finding.what.en


def test_security_software_is_a_hint(tmp_path: Path) -> None:
    (tmp_path / "360" / "360Safe").mkdir(parents=True)
    assert "360" in only(doctor_windows.security_software_findings([tmp_path]), "warn").what.zh
    assert levels(doctor_windows.security_software_findings([tmp_path / "empty"])) == []
