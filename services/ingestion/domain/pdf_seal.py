"""The seal of a PDF: a comment before its last lines that signs every other byte; readers of PDF pass it over."""

import re
import zlib

from services.ingestion.domain.signing import NotGenuine, Signer, is_signed_by

_MARK = b"%pilotage-seal"
_SALT = b"pilotage-pdf-1\n"
_END = rb"startxref\n[0-9]+\n%%EOF\n?"
_SEALED = re.compile(rb"%pilotage-seal ed25519 ([0-9a-f]{64}) ([0-9a-f]{128})\n(" + _END + rb")\Z")
_UNSEALED = re.compile(_END + rb"\Z")
_ATTACHED = re.compile(rb"\n<</Length ([0-9]+)([^\n]*/Type/EmbeddedFile[^\n]*)>>\nstream\n")


def is_pdf(raw: bytes) -> bool:
    return raw.startswith(b"%PDF-")


def seal(pdf: bytes, signer: Signer) -> bytes:
    end = _UNSEALED.search(pdf)
    if end is None:
        raise ValueError("not the end of a PDF as typst writes it")
    signature = signer.sign(_SALT + pdf)
    line = b"%s ed25519 %s %s\n" % (_MARK, signer.public_key.encode(), signature.encode())
    return pdf[: end.start()] + line + pdf[end.start() :]


def open_sealed(raw: bytes) -> tuple[str, bytes]:
    """The public key that sealed the PDF, and the signed statement attached to it; raises NotGenuine."""
    found = _SEALED.search(raw)
    if found is None or raw.count(_MARK) != 1:
        raise NotGenuine("Ce PDF ne porte pas de sceau, ou son sceau a été modifié.")
    public_key = found[1].decode()
    if not is_signed_by(public_key, found[2].decode(), _SALT + raw[: found.start()] + found[3]):
        raise NotGenuine("Le sceau du PDF ne correspond pas : au moins un de ses octets a été modifié.")
    return public_key, _attached(raw)


def _attached(pdf: bytes) -> bytes:
    found = list(_ATTACHED.finditer(pdf))
    if len(found) != 1:
        raise NotGenuine("Ce PDF ne contient pas le reçu signé.")
    length, packed, start = int(found[0][1]), b"/FlateDecode" in found[0][2], found[0].end()
    content = pdf[start : start + length]
    try:
        return zlib.decompress(content) if packed else content
    except zlib.error as error:
        raise NotGenuine("Le reçu joint au PDF ne se lit pas.") from error
