"""``build``, ``install``, ``doctor`` and ``serve``: the project's own files, and the programs that our functions live in."""

from __future__ import annotations

import argparse

import lowcarbon_xl.functions
import lowcarbon_xl.ribbon  # noqa: F401  (declares the buttons)
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.commands import FAILED, OK
from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.terminal import say

_DECLARING_MODULE = "lowcarbon_xl.functions"


def build(options: argparse.Namespace, language: Language) -> int:
    """Build what stands in ``workbook/``: the add-ins for Excel and LibreOffice, and the example."""
    from lowcarbon_xl.example import build as build_example  # heavy: computes the example workbook
    from lowcarbon_xl.hosts.classic.build import build_addin
    from lowcarbon_xl.hosts.libreoffice.extension import build_extension

    folder = options.output
    folder.mkdir(parents=True, exist_ok=True)
    for path in (build_addin(functions(), folder), build_extension(folder), build_example(folder)):
        say(Text(f"已生成 {path}", f"Built {path}"), language)
    return OK


def install(options: argparse.Namespace, language: Language) -> int:
    """Install the add-in for this user, or take it away again; say what was done."""
    if options.libreoffice:
        return _install_libreoffice(options, language)
    from lowcarbon_xl.hosts.classic.install import install_for_user, uninstall_for_user  # Windows alone

    for line in uninstall_for_user() if options.uninstall else install_for_user(functions()):
        say(line, language)
    return OK


def _install_libreoffice(options: argparse.Namespace, language: Language) -> int:
    from lowcarbon_xl.hosts.libreoffice import install as libreoffice  # needs LibreOffice

    profile = options.profile or libreoffice.default_profile()
    if options.uninstall:
        done = libreoffice.uninstall(profile)
        say(Text(f"已从 {done.profile} 卸载", f"Removed from {done.profile}"), language)
    else:
        done = libreoffice.install(profile, (_DECLARING_MODULE,))
        said = f"{done.version}: {done.profile}"
        say(
            Text(f"已安装 {said}；在 LibreOffice 里写 =LC.GTFP(...)", f"Installed {said}; write =LC.GTFP(...)"),
            language,
        )
    return OK


def doctor(options: argparse.Namespace, language: Language) -> int:
    """Say what stands in the way of the add-in, and what to do about it."""
    from lowcarbon_xl.hosts.classic.doctor import diagnose

    marks = {"ok": "✔", "warn": "!", "fail": "✘"}
    findings = diagnose(functions())
    for finding in findings:
        what, remedy = finding.what, finding.remedy
        zh = f"{marks[finding.level]} {what.zh}" + (f" —— {remedy.zh}" if remedy.zh else "")
        en = f"{marks[finding.level]} {what.en}" + (f" - {remedy.en}" if remedy.en else "")
        say(Text(zh, en), language)
    return FAILED if any(finding.level == "fail" for finding in findings) else OK


def serve(options: argparse.Namespace, language: Language) -> int:
    """Serve functions and buttons to Excel on Windows, Mac and the web (extra ``[server]``)."""
    from lowcarbon_xl.hosts.server import serve as server  # needs the extra
    from lowcarbon_xl.hosts.server.extra import check_version

    check_version()
    if key := server.trial_key(options.host):
        say(Text(f"本次试用的 API 密钥：{key}", f"API key of this trial: {key}"), language)
    server.serve(
        options.host,
        options.port,
        modules=(_DECLARING_MODULE, "lowcarbon_xl.ribbon"),
        press="lowcarbon_xl.ribbon:press",
        plan="lowcarbon_xl.ribbon.plan_state",
        workers=options.workers,
        certificate=options.certificate,
        private_key=options.private_key,
        language=language,
    )
    return OK
