"""What can be eaten or drunk."""

import math

from local.demo.canvas import Canvas


def coffee() -> Canvas:
    """A bag of coffee with a few beans."""
    board = Canvas("#e9dfd2", "#d8c7b2")
    board.shadow(50, 82, 52)
    board.polygon([(32, 26), (68, 26), (72, 82), (28, 82)], "#3f2a20")
    board.polygon([(68, 26), (72, 82), (64, 82), (62, 26)], "#33211a")
    board.rectangle(31, 19, 69, 27, "#4d3529", 1.5)
    board.line([(33, 23), (67, 23)], "#caa472", 0.8)
    board.rectangle(36, 40, 64, 68, "#f3e8d7", 2)
    _bean(board, 50, 51, 11)
    board.rectangle(41, 60, 59, 61.4, "#b08655", 0.7)
    board.rectangle(44, 63.4, 56, 64.6, "#d9c09a", 0.6)
    for x, y in ((21, 84), (79, 86), (84, 80), (16, 89), (74, 91)):
        _bean(board, x, y, 5.5)
    return board


def chocolate() -> Canvas:
    """A bar of dark chocolate, half unwrapped."""
    board = Canvas("#efe4e4", "#dfcbcb")
    board.shadow(50, 84, 50)
    board.rectangle(31, 16, 69, 60, "#3a2018", 1.5)
    for row in range(5):
        for column in range(3):
            left, top = 33 + column * 12, 18 + row * 9
            board.rectangle(left, top, left + 10.4, top + 7.6, "#4a2a20", 1)
            board.rectangle(left + 1, top + 1, left + 9.4, top + 2.4, "#5d382b", 0.7)
    board.polygon([(69, 16), (69, 23), (61, 16)], "#efe4e4")
    zigzag = [(29 + step * 3.5, 50 if step % 2 else 46) for step in range(13)]
    board.polygon([(29, 84), *zigzag, (71, 84)], "#d8dade")
    board.rectangle(29, 54, 71, 84, "#8c2f39", 1)
    board.rectangle(29, 60, 71, 62, "#d9a441")
    board.rectangle(29, 76, 71, 78, "#d9a441")
    board.ellipse(50, 69, 9, 9, "#f0e3cf")
    board.polygon([(50, 65.5), (53, 69), (50, 72.5), (47, 69)], "#8c2f39")
    return board


def speculoos() -> Canvas:
    """A tin of biscuits with three of them before it."""
    board = Canvas("#e3e6da", "#ccd2bd")
    board.shadow(50, 80, 58)
    board.rectangle(26, 34, 74, 80, "#2f5d50", 3)
    board.rectangle(24, 28, 76, 38, "#3a7162", 3)
    board.rectangle(26, 44, 74, 46, "#e7c873")
    board.rectangle(26, 70, 74, 72, "#e7c873")
    board.ellipse(50, 58, 20, 20, "#f3ead6")
    _windmill(board, 50, 58)
    for x, y in ((28, 84), (50, 87), (72, 84)):
        board.shadow(x, y + 5, 17, 3)
        board.rectangle(x - 8, y - 5, x + 8, y + 5, "#b5763a", 2)
        board.rectangle(x - 6.6, y - 3.8, x + 6.6, y + 3.8, "#c68a4c", 1.5)
        for step in range(3):
            board.ellipse(x - 4 + step * 4, y, 1.6, 1.6, "#a0632c")
    return board


def honey() -> Canvas:
    """A jar of honey with a dipper."""
    board = Canvas("#f4ecd2", "#e6d6a5")
    board.shadow(48, 83, 50)
    board.rectangle(28, 30, 68, 82, "#e8a52b", 6)
    board.rectangle(28, 30, 68, 40, "#f0bd57", 4)
    board.rectangle(31, 34, 35, 76, "#f6cf7d", 2)
    board.rectangle(27, 21, 69, 31, "#7a5230", 2)
    board.rectangle(27, 24, 69, 25.5, "#916640")
    board.rectangle(36, 47, 64, 70, "#fff7e4", 1.5)
    for x, y in ((45, 55), (55, 55), (50, 63.5)):
        board.polygon(_ring(x, y, 5.2, 6, 30), "#e8a52b")
        board.polygon(_ring(x, y, 3.6, 6, 30), "#f6d58f")
    board.line([(86, 34), (76, 78)], "#a9743f", 1.8)
    for step in range(5):
        board.ellipse(75.6 - step * 0.35, 79 + step * 1.9, 8.4 - abs(step - 2), 2.2, "#8b5a2b")
    return board


def _bean(board: Canvas, x: float, y: float, width: float) -> None:
    board.ellipse(x, y, width, width * 0.72, "#6b4327")
    board.line([(x - width * 0.34, y), (x, y - width * 0.06), (x + width * 0.34, y)], "#452a18", width * 0.08)


def _windmill(board: Canvas, x: float, y: float) -> None:
    board.polygon([(x - 3, y + 8), (x - 1.8, y - 2), (x + 1.8, y - 2), (x + 3, y + 8)], "#b5763a")
    for turn in range(4):
        angle = math.radians(45 + turn * 90)
        board.line([(x, y - 2), (x + 8 * math.cos(angle), y - 2 + 8 * math.sin(angle))], "#8f5a28", 1.5)


def _ring(x: float, y: float, radius: float, corners: int, turned: float) -> list[tuple[float, float]]:
    angles = [math.radians(turned + 360 / corners * step) for step in range(corners)]
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]
