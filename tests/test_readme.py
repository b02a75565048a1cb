"""The README says what the catalogue says, and names commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.cli import _parser
from lowcarbon_xl.example.manual import readme_table

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_table_of_functions_is_the_catalogues() -> None:
    found = re.search(
        r"<!-- functions: generated from the catalogue -->\n(.*?)<!-- end of functions -->", README, re.DOTALL
    )
    assert found is not None
    assert found[1].strip() == readme_table().strip(), "paste what `example.manual.readme_table()` returns"


def test_every_command_that_the_readme_names_exists() -> None:
    actions = next(action for action in _parser()._actions if action.choices and "run" in action.choices)
    named = set(
        re.findall(
            r"lowcarbon (run|calc|press|audit|import|trace|compare|rewrite|install|doctor|build|serve)\b", README
        )
    )
    assert named <= set(actions.choices)
    assert {"run", "calc", "press", "audit", "install"} <= named


def test_the_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"`make (\w+)`", README)) | {"setup", "demo", "test", "check", "bench", "clean"}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_named() -> None:
    hosts = "|".join(
        a + r"\." + b for a, b in (("py" + "pi", "org"), ("python" + "hosted", "org"), ("npm" + "js", "(org|com)"))
    )
    for path in [
        *ROOT.glob("*.*"),
        *ROOT.glob("lowcarbon_xl/**/*.py"),
        *ROOT.glob("tests/**/*.py"),
        ROOT / ".ci" / "run",
    ]:
        if path.suffix in {".md", ".py", ".toml", ".txt"} or path.name == "run":
            assert not re.search(hosts, path.read_text("utf-8")), path
