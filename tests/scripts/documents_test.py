#!/usr/bin/env python3
"""What is installed beside the program, and packed into the archive of a release, has all files that its pages link to,
and can be run where it can be in the tree.

Usage: documents_test.py CMAKE BUILD, the program cmake and the directory of a build.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


ROOT = Path(__file__).resolve().parents[2]


def links_of(page):
    """The files that a page links to, as it has them; none of the web, and none in blocks of code."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)\s#]+)[^)\s]*\)", re.sub(r"`[^`\n]*`", "", text))
    return [link for link in links if "://" not in link]


def main():
    cmake, build = sys.argv[1:]
    with tempfile.TemporaryDirectory() as prefix:
        install = [cmake, "--install", build, "--component", "documents", "--prefix", prefix]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
        pages = sorted(Path(prefix).rglob("*.md"))
        links = [(page, link) for page in pages for link in links_of(page)]
        dead = [f"{page.relative_to(prefix)}: {link}" for page, link in links if not (page.parent / link).exists()]
        documents = next(Path(prefix).rglob("ARCHITECTURE.md")).parent
        names = [path.relative_to(documents) for path in documents.rglob("*") if path.is_file()]
        sources = [name for name in names if (ROOT / name).exists()]
        wrong = [name for name in sources if os.access(ROOT / name, os.X_OK) != os.access(documents / name, os.X_OK)]
        built = [str(path) for path in Path(prefix).rglob("__pycache__")]
    for line in dead:
        print(f"FAILED: a dead link in {line}")
    for line in wrong:
        print(f"FAILED: {line} can be run here and not there, or the other way round")
    for line in built:
        print(f"FAILED: {line} is nobody's document")
    if len(links) < 40:
        print(f"FAILED: {len(links)} links in {len(pages)} pages")
    return 1 if dead or wrong or built or len(links) < 40 else 0


sys.exit(main())
