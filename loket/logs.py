"""The operator's log: structlog over the standard library's, in lines for people or in JSON. Never a code, token or text."""

import logging
import sys
from typing import cast

import structlog
from structlog.typing import Processor

from loket.settings import LogSettings


def start_logging(settings: LogSettings) -> None:
    """Everything that this process logs goes to standard error, in one shape.

    Tracebacks are plain, without local variables: those may hold what a person wrote.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([structlog.processors.format_exc_info] if settings.format == "json" else []),
                cast("Processor", renderer),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.level.upper(), force=True)
    for chatty in ("aiogram.event", "aiosmtpd", "alembic", "aiohttp.access", "mail.log", "imapclient", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
