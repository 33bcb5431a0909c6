"""Writes the software bill of materials, CycloneDX 1.6 JSON: `make sbom`, or `python packaging/sbom.py [FILE]`.

In it: every package that the product needs where it runs, as installed here (not what tests and builds need); the
libraries that matter for security and are compiled into those packages, with the versions that they report themselves;
the weights that ship; and every language model of the catalogue, with its hash and licence. The file is checked against
the schema before it is written. `SOURCE_DATE_EPOCH` fixes its time, and then the same install gives the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement

from models import catalog, emotion, empathy

ROOT = Path(__file__).resolve().parents[1]
NAME = "agent-assist"
TARGET = ROOT / "dist" / "agent-assist.cdx.json"
WEIGHTS = (".onnx", ".gguf", "tokenizer.json", "labels.json")
OWN_LICENCE = "Apache-2.0"
_licences = LicenseFactory()
_SPOKEN = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "mit license": "MIT",
    "mit": "MIT",
    "the unlicense (unlicense)": "Unlicense",
    "zpl 2.1": "ZPL-2.1",
    "zope public license": "ZPL-2.1",
    "zlib/libpng license": "Zlib",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "3-clause bsd license": "BSD-3-Clause",
    "lgpl": "LGPL-2.1-or-later",  # python-stdnum; its source files say which
    "lgplv2+": "LGPL-2.1-or-later",  # python-xlib, likewise
}
# Their metadata says nothing; their own licence files do.
_SILENT = {"peewee": "MIT", "sqlcipher3": "Zlib"}


def main() -> int:
    """Writes the file; the exit status."""
    parser = argparse.ArgumentParser(description="Writes the software bill of materials.")
    parser.add_argument("file", nargs="?", type=Path, default=TARGET)
    target: Path = parser.parse_args().file
    text = JsonV1Dot6(make()).output_as_string(indent=1)
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem is not None:
        print(f"sbom: not what the schema asks for: {problem}", file=sys.stderr)  # noqa: T201  # a script
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text + "\n", encoding="utf-8")
    return 0


def make() -> Bom:
    """The bill of what is installed here."""
    bom = Bom()
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    bom.metadata.timestamp = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    product = _package(NAME, ComponentType.APPLICATION)
    bom.metadata.component = product
    packages = {name: _package(name, ComponentType.LIBRARY) for name in sorted(_needed(NAME) - {NAME})}
    _add_inside(packages)
    models = [*_weights(), *_catalogue()]
    for component in (*packages.values(), *models):
        bom.components.add(component)
    for name, component in ((NAME, product), *packages.items()):
        bom.register_dependency(component, [packages[one] for one in sorted(_direct(name))])
    bom.register_dependency(product, [*(packages[one] for one in sorted(_direct(NAME))), *models])
    if epoch:
        bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(sorted(str(c.bom_ref) for c in bom.components)))
    return bom


# --- packages


def _needed(name: str) -> set[str]:
    """A package and all that it needs to run on this system, by canonical name."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += _direct(one)
    return found


def _direct(name: str) -> set[str]:
    """What a package needs by itself, without extras; a package that this system does not need is not installed."""
    # What is installed of ourselves may be older than what we say that we need.
    texts = _project()["dependencies"] if name == NAME else metadata.requires(name)
    requirements = (Requirement(text) for text in texts or ())
    wanted = (r.name for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""}))
    return {re.sub(r"[-_.]+", "-", one).lower() for one in wanted}


@cache
def _project() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def _package(name: str, kind: ComponentType) -> Component:
    about = metadata.metadata(name)
    version, own = metadata.version(name), about["Name"]
    url = PackageURL("pypi", None, re.sub(r"[-_.]+", "-", name).lower(), version)
    made = Component(
        name=own,
        version=version,
        type=kind,
        bom_ref=str(url),
        purl=url,
        description=about["Summary"],
        scope=None if kind is ComponentType.APPLICATION else ComponentScope.REQUIRED,
    )
    made.licenses.add(_licences.make_from_string(_licence(about)))
    return made


def _licence(about: metadata.PackageMetadata) -> str:
    """A package's licence, as an SPDX expression where it gives one or a name that we know."""
    expression = about["License-Expression"] or _SILENT.get(about["Name"])
    if expression:
        return str(expression)
    classified = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    stated = str(about["License"] or "").strip()
    if "\n" in stated or len(stated) > 80:  # the whole text of a licence
        stated = ""
    for one in (stated, *classified):
        if one.lower() in _SPOKEN:
            return _SPOKEN[one.lower()]
    return stated or " AND ".join(one for one in classified if one != "OSI Approved") or "not stated"


def _add_inside(packages: dict[str, Component]) -> None:
    """Adds what is compiled into packages and gets security fixes of its own, as it names itself."""
    import sqlcipher3  # type: ignore[import-untyped]  # ships no type information
    from cryptography.hazmat.backends.openssl import backend
    from PySide6.QtCore import qVersion

    with sqlcipher3.connect(":memory:") as database:
        database.execute("PRAGMA key = 'asked for its version only'")
        (cipher,) = database.execute("PRAGMA cipher_version").fetchone()
        (provider,) = database.execute("PRAGMA cipher_provider_version").fetchone()
    sql, crypto = packages["sqlcipher3"], packages["cryptography"]
    qt, cpu = packages["pyside6-essentials"], packages["llama-cpp-python"]
    for holder, name, version, licence in (
        (sql, "SQLCipher", cipher.split()[0], "BSD-3-Clause"),
        (sql, "SQLite", sqlcipher3.sqlite_version, "blessing"),
        (sql, "OpenSSL", _version_in(provider), "Apache-2.0"),
        (crypto, "OpenSSL", _version_in(backend.openssl_version_text()), "Apache-2.0"),
        (qt, "Qt", qVersion(), "LGPL-3.0-only"),
        (cpu, "llama.cpp", f"as carried by llama-cpp-python {cpu.version}", "MIT"),
    ):
        kind, reference = ComponentType.LIBRARY, f"{holder.bom_ref}#{name.lower()}"
        made = Component(name=name, version=version, type=kind, bom_ref=reference)
        made.licenses.add(_licences.make_from_string(licence))
        holder.components.add(made)


def _version_in(text: str) -> str:
    found = re.search(r"\d+(?:\.\d+)+[a-z]?", text)
    return found[0] if found else text


# --- models


def _weights() -> Iterator[Component]:
    """The weights that ship, file by file."""
    for room, folder in (("emotion", emotion.FOLDER), ("empathy", empathy.FOLDER), ("voice", catalog.VOICES)):
        for path in sorted(Path(folder).glob("*")):
            if path.name.endswith(WEIGHTS):
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                yield _model(f"{NAME} {room} {path.name}", digest, OWN_LICENCE, path.stat().st_size, shipped=True)


def _catalogue() -> Iterator[Component]:
    """The language models that a person may have fetched; none of them ships."""
    for entry in catalog.load():
        made = _model(entry.file, entry.sha256, entry.licence, entry.bytes, shipped=False)
        made.description = entry.title
        if entry.hub is not None:
            url = f"https://huggingface.co/{entry.hub.repository}/tree/{entry.hub.revision}"
            made.external_references.add(ExternalReference(type=ExternalReferenceType.DISTRIBUTION, url=XsUri(url)))
        yield made


def _model(name: str, digest: str, licence: str, size: int, *, shipped: bool) -> Component:
    made = Component(
        name=name,
        version=digest[:16],
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref=f"model:{name}@{digest[:16]}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        scope=ComponentScope.REQUIRED if shipped else ComponentScope.OPTIONAL,
    )
    made.licenses.add(_licences.make_from_string(licence))
    made.properties.add(Property(name="agent-assist:bytes", value=str(size)))
    made.properties.add(Property(name="agent-assist:shipped", value="yes" if shipped else "no, fetched on request"))
    return made


if __name__ == "__main__":
    sys.exit(main())
