"""What stands on the table or lies on the sofa."""

import math

from local.demo.canvas import Canvas


def bowl() -> Canvas:
    """A stoneware bowl, glazed blue."""
    board = Canvas("#e4ebef", "#cad7de")
    board.shadow(50, 80, 58)
    board.polygon([(16, 46), (84, 46), *_arc_points(50, 46, 34, 34, 0, 180)], "#4d7c99")
    board.polygon(
        [(16, 46), (24, 46), *_arc_points(50, 46, 26, 33.6, 180, 95), *_arc_points(50, 46, 34, 34, 95, 180)],
        "#5f90ad",
    )
    board.rectangle(38, 77, 62, 82, "#c9b79c", 1)
    board.ellipse(50, 46, 68, 15, "#3d667f")
    board.ellipse(50, 46.6, 62, 11.6, "#dfe9ee")
    board.ellipse(50, 48, 54, 8, "#cbdbe3")
    for x, y in ((30, 58), (42, 66), (60, 61), (70, 55), (52, 73), (36, 70), (66, 68)):
        board.ellipse(x, y, 0.9, 0.9, "#35596f")
    return board


def cup() -> Canvas:
    """A porcelain coffee cup on its saucer."""
    board = Canvas("#ece5ee", "#d9cbdd")
    board.shadow(50, 83, 66)
    board.ellipse(50, 79, 66, 13, "#d8d2da")
    board.ellipse(50, 77.6, 66, 12.4, "#ffffff")
    board.ellipse(50, 77.4, 42, 7, "#e9e4ea")
    board.arc(73, 54, 20, 22, 0, 360, "#ffffff", 3.6)
    board.polygon([(28, 40), (72, 40), *_arc_points(50, 40, 22, 36, 0, 180)], "#ffffff")
    board.polygon([(60, 40), (72, 40), *_arc_points(50, 40, 22, 36, 0, 62)], "#efeaf1")
    board.ellipse(50, 40, 44, 10, "#e6e0e8")
    board.ellipse(50, 40.6, 39, 7.6, "#5a3825")
    board.ellipse(46, 40.2, 16, 2.6, "#8a5d3f")
    board.line(board.curve(31, 69, 54, 1.2, 4), "#7d5a8c", 0.8)
    for x in (42, 50, 58):
        board.line([(x, y) for y in (31, 28, 25)], "#ffffff", 0.9)
    return board


def blanket() -> Canvas:
    """A folded wool blanket with fringes."""
    board = Canvas("#ebe6e0", "#d5ccc1")
    board.shadow(50, 82, 76)
    for layer, (colour, edge) in enumerate(
        (("#8a8f98", "#767b84"), ("#9aa0a9", "#838993"), ("#adb2ba", "#959ba4"))
    ):
        top = 66 - layer * 14
        board.rectangle(16, top, 84, top + 16, edge, 7)
        board.rectangle(16, top, 84, top + 13, colour, 6)
        for x in (30, 44, 58, 72):
            board.rectangle(x, top, x + 3, top + 13, "#c98a3d")
            board.rectangle(x + 4.2, top, x + 5, top + 13, "#f1ece4")
    for step in range(17):
        end = 20 + step * 3.8
        board.line([(end, 81), (end - 0.5, 87)], "#8a8f98", 1)
    return board


def towel() -> Canvas:
    """A striped linen towel on a hook."""
    board = Canvas("#f0ebe3", "#e0d6c8")
    board.ellipse(50, 14, 6, 6, "#8c7355")
    board.arc(50, 19, 8, 10, 180, 360, "#b9a68c", 1)
    board.polygon([(46, 19), (54, 19), (76, 30), (74, 88), (26, 88), (24, 30)], "#f8f4ec")
    board.polygon([(50, 19), (54, 19), (76, 30), (74, 88), (62, 88), (60, 34)], "#efe8dc")
    for x, width in ((30, 3), (35, 1), (66, 3), (63, 1)):
        board.polygon([(x, 32), (x + width, 32), (x + width, 88), (x, 88)], "#b5443c")
    for y in (74, 78, 80.4):
        board.rectangle(26, y, 74, y + (2 if y == 74 else 0.9), "#b5443c")
    for step in range(25):
        board.line([(27 + step * 1.92, 88), (27 + step * 1.92, 91)], "#efe8dc", 0.6)
    return board


def _arc_points(
    x: float, y: float, across: float, down: float, start: float, end: float
) -> list[tuple[float, float]]:
    steps = 48
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + across * math.cos(angle), y + down * math.sin(angle)) for angle in angles]
