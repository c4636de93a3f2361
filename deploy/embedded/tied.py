"""Replaces itself by a program that cannot outlive its parent: `tied.py --parent PID [--uid N --gid N] -- ARGV`.

Run by path with `python -I -S`: standard library only, no import of the project.
"""

import argparse
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 4
CAPABILITY_VERSION = 0x20080522
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


class CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class CapabilityData(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


def call(name: str, *arguments: object) -> None:
    """Calls a function of the C library; a failure is an OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{name} : {os.strerror(ctypes.get_errno())}")


def prctl(option: int, *arguments: int) -> None:
    padded = (*arguments, 0, 0, 0, 0)[:4]
    call("prctl", option, *(ctypes.c_ulong(value) for value in padded))


def permitted(capability: int) -> bool:
    header, data = CapabilityHeader(CAPABILITY_VERSION, 0), (CapabilityData * 2)()
    call("capget", ctypes.byref(header), data)
    return bool(data[0].permitted & (1 << capability))


def keep_only(capability: int) -> None:
    """Keeps one capability, across exec too; every other one is given up."""
    bit = 1 << capability
    data = (CapabilityData * 2)(CapabilityData(bit, bit, bit), CapabilityData(0, 0, 0))
    call("capset", ctypes.byref(CapabilityHeader(CAPABILITY_VERSION, 0)), data)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def become(uid: int, gid: int, reach: bool) -> None:
    """Gives up root; with `reach`, the new user may still pass through folders closed to it (a HOME of mode 0700)."""
    capability = CAP_DAC_READ_SEARCH if reach and permitted(CAP_DAC_READ_SEARCH) else CAP_DAC_OVERRIDE
    if reach:
        # Without it setuid drops the capability, and access(2), by which PostgreSQL tries its files, ignores it.
        prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if reach:
        keep_only(capability)


def become_or_say_why(uid: int, gid: int, reach: bool) -> None:
    try:
        become(uid, gid, reach)
    except OSError as refusal:
        sys.exit(
            f"PostgreSQL ne peut tourner sous root ; le passage à l'utilisateur {uid} a été refusé ({refusal}). "
            "Placez le projet et ses données sous des dossiers que tous peuvent traverser, ou lancez-le sans être root."
        )


def die_with_parent(parent: int) -> None:
    # After setuid: a change of user clears the death signal.
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("le processus parent a disparu")


def watch(line: int) -> None:
    """Leaves behind a grandchild that kills this process when the other end of `line` closes without a word."""
    target = os.getpid()
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            os.setsid()
            if os.read(line, 1) == b"":
                os.kill(target, signal.SIGKILL)
        os._exit(0)
    os.waitpid(child, 0)
    os.close(line)


def arguments_of(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("--reach", action="store_true")
    parser.add_argument("--watch", type=int, metavar="FD")
    parser.add_argument("argv", nargs="+")
    return parser.parse_args(argv)


def main() -> None:
    asked = arguments_of(sys.argv[1:])
    if asked.uid is not None:
        become_or_say_why(asked.uid, asked.gid, asked.reach)
    if asked.watch is not None:
        watch(asked.watch)
    else:
        die_with_parent(asked.parent)
    # Python ignores SIGPIPE and exec would hand that down.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(asked.argv[0], asked.argv)


if __name__ == "__main__":
    main()
