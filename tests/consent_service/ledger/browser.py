"""The pack's own checkers, run as their users run them: ``verify.py`` by Python, ``verify.html`` by a browser.

Without a browser on the machine the page's script runs under Node.js, which has the same Web Crypto; where neither is
there, Debian's ``nodejs`` is installed as the other servers of the tests are.
"""

import base64
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.stack.system import install_packages

PAGE = Path("consent_service/client/pack_files/verify.html").resolve()
Options = Mapping[str, Any]
_RUN = """
const cases = %s, bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const plain = {key: "", witnesses: [], quorum: 0, kept: ""};
async function all() {
  const found = [];
  for (const [pack, options] of cases) {
    try { found.push((({verdict, faults, entries}) => ({verdict, faults, entries}))(
      await verifyPack(await readZip(bytes(pack)), {...plain, ...options}))); }
    catch (error) { found.push({verdict: 40, faults: [["", error.message]], entries: 0}); }
  }
  return "RESULT" + JSON.stringify(found) + "END";
}
"""


def zipped(files: Mapping[str, bytes], *, deflated: bool = True) -> bytes:
    """A pack's files as a ZIP file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def check_in_browser(cases: Sequence[tuple[bytes, Options]], folder: Path) -> list[dict[str, Any]]:
    """What the page's script says about each ``(ZIP file, options)``, all in one run."""
    packed = json.dumps([(base64.b64encode(pack).decode(), dict(options)) for pack, options in cases])
    script = _RUN % packed
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    said = _in_chromium(browser, script, folder) if browser else _in_node(script, folder)
    found = re.search("RESULT(.*)END", said, re.S)
    assert found, said[-2000:]
    results: list[dict[str, Any]] = json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    assert len(results) == len(cases)
    return results


def _in_chromium(browser: str, script: str, folder: Path) -> str:
    page = folder / "page.html"
    shown = script + 'all().then(said => { const at = document.createElement("pre"); at.textContent = said; '
    page.write_text(f"{PAGE.read_text()}<script>{shown}document.body.replaceChildren(at); }});</script>")
    words = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
             "--virtual-time-budget=60000", "--dump-dom", page.as_uri()]  # fmt: skip
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout


def _in_node(script: str, folder: Path) -> str:
    if not shutil.which("node"):
        install_packages(["nodejs"], say=print)
    core = PAGE.read_text().split("<script>")[1].split("const WORDS")[0]
    file = folder / "page.mjs"
    core = core.replace('"use strict";', "")
    setup = 'import { webcrypto } from "node:crypto"; if (!globalThis.crypto) globalThis.crypto = webcrypto;\n'
    file.write_text(f"{setup}{core}{script}console.log(await all());")
    return subprocess.run(["node", file], capture_output=True, text=True, check=True, timeout=120).stdout
