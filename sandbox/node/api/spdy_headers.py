"""Header blocks of SPDY/3: names and values, compressed with the dictionary of the specification. Source: draft-mbelshe-httpbis-spdy-00, 2.6.10"""

import struct
import zlib

_WORDS = (
    "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization "
    "cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range "
    "content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified "
    "location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding "
    "upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin"
)
_REST = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information"
    "204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error"
    "501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, "
    "Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,public"
    "privatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)


def _prefixed(text: bytes) -> bytes:
    return struct.pack("!I", len(text)) + text


DICTIONARY = b"".join(_prefixed(word.replace("_", " ").encode()) for word in _WORDS.split()) + _REST.encode()


class Headers:
    """The header blocks of one connection: each direction is one stream of compressed data."""

    def __init__(self):
        self._read = zlib.decompressobj(zdict=DICTIONARY)
        self._write = zlib.compressobj(zdict=DICTIONARY)

    def read(self, block: bytes) -> dict[str, str]:
        """Names, in lower case, and values. Raises zlib.error, struct.error."""
        plain = self._read.decompress(block)
        (count,), place, found = struct.unpack_from("!I", plain), 4, []
        for _ in range(2 * count):
            (length,) = struct.unpack_from("!I", plain, place)
            found.append(plain[place + 4 : place + 4 + length].decode())
            place += 4 + length
        return {name.lower(): value for name, value in zip(found[::2], found[1::2], strict=True)}

    def write(self, headers: dict[str, str]) -> bytes:
        plain = struct.pack("!I", len(headers))
        for name, value in headers.items():
            plain += _prefixed(name.encode()) + _prefixed(value.encode())
        return self._write.compress(plain) + self._write.flush(zlib.Z_SYNC_FLUSH)
