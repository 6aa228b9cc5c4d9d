"""What the tests of pages share: their blocks, and whether what they show was printed."""

import re


def blocks_of(page):
    """The language of each fenced block, its text, and the text between it and the block before."""
    blocks = []
    end = 0
    for block in re.finditer(r"^```(\S*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        blocks.append((block[1], block[2], page[end : block.start()]))
        end = block.end()
    return blocks


def not_printed(shown, printed):
    """The first line that is shown and was not printed behind the one before it; … stands for anything."""
    position = 0
    for line in shown.splitlines():
        if line.strip() in ("", "…"):
            continue
        pattern = ".*".join(re.escape(part) for part in line.split("…"))
        found = re.compile(f"^{pattern}$", re.MULTILINE).search(printed, position)
        if not found:
            return line
        position = found.end()
    return None
