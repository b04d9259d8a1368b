"""Single prompts: one paragraph of plain words read into scenes."""

from generation_service.domain.prompt.read import LIMIT_CHARS, read_prompt

__all__ = ["LIMIT_CHARS", "read_prompt"]
