"""Tables, the same on the terminal and in docs/performance.md."""

from __future__ import annotations


def table(head: list[str], rows: list[list]) -> str:
    """
    A table in Markdown, its columns in line.

    + head: names of the columns
    + rows: the cells; numbers stand to the right
    """
    cells = [[cell(value) for value in row] for row in rows]
    widths = [max(3, *map(len, column)) for column in zip(head, *cells, strict=True)]
    right = [all(isinstance(row[number], (int, float)) for row in rows) for number in range(len(head))]

    def line(words):
        return "| " + " | ".join(word.rjust(width) if numeric else word.ljust(width) for word, width, numeric in zip(words, widths, right, strict=True)) + " |"

    rule = "| " + " | ".join("-" * (width - 1) + ":" if numeric else "-" * width for width, numeric in zip(widths, right, strict=True)) + " |"
    return "\n".join([line(head), rule, *map(line, cells)]) + "\n"


def cell(value) -> str:
    """A value as a table shows it: ratios and short times with two places, longer ones with one or none."""
    if isinstance(value, float):
        return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
    return str(value)
