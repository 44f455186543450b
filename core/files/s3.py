"""Files in a bucket of S3 or of what speaks like it (MinIO, Ceph, …).

Credentials come from the environment as usual: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, or the machine's own role. The bucket
should have a lifecycle rule that clears incomplete multipart uploads: a killed process leaves one behind.
"""

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from core.errors import Misconfigured

if TYPE_CHECKING:
    from obstore.store import S3Config  # a type only: the library has no such name at run time

_KNOWN = {"endpoint", "region"}


def opened(url: str) -> S3Store:
    """The store at `s3://bucket/prefix?endpoint=https://…&region=…`. Raises `Misconfigured` naming what is wrong."""
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := options.keys() - _KNOWN:
        raise Misconfigured(
            f"the file storage {shown(url)} has an unknown option {min(unknown)!r}: endpoint and region exist"
        )
    if not parts.netloc:
        raise Misconfigured("the file storage s3:// names no bucket: use s3://bucket/prefix")
    config: S3Config = {"region": options.get("region", "us-east-1")}
    endpoint = options.get("endpoint", "")
    if endpoint:
        config["endpoint"] = endpoint
    try:
        return S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=config,
            client_options={"allow_http": endpoint.startswith("http://"), "connect_timeout": "5s", "timeout": "120s"},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        )
    except BaseError as error:
        raise Misconfigured(f"the file storage {shown(url)} can't be opened: {error}") from error


def shown(url: str) -> str:
    """The URL without its options, for messages to an operator."""
    return url.partition("?")[0]
