"""What is read or written with."""

from local.demo.canvas import Canvas


def notebook() -> Canvas:
    """A clothbound notebook with a ribbon, and a pencil."""
    board = Canvas("#e2e8e4", "#c7d3cb")
    board.shadow(48, 85, 54)
    board.rectangle(25, 18, 71, 85, "#274b3c", 2.5)
    board.rectangle(28, 82, 71, 86, "#f4efe3", 1)
    board.rectangle(25, 16, 71, 82, "#33624f", 2.5)
    board.rectangle(25, 16, 32, 82, "#2b5444", 2.5)
    board.rectangle(40, 28, 63, 42, "#f1e9d8", 1)
    board.line([(44, 33), (59, 33)], "#b9ab8b", 0.8)
    board.line([(44, 37), (55, 37)], "#b9ab8b", 0.8)
    board.rectangle(58, 82, 60.6, 93, "#c0563f")
    board.polygon([(58, 93), (59.3, 91.4), (60.6, 93)], "#c7d3cb")
    board.line([(82, 30), (77, 84)], "#e0b04c", 3)
    board.polygon([(75.5, 83.8), (78.6, 84.2), (76.6, 90)], "#f0dcb8")
    board.ellipse(76.7, 89.3, 1.1, 1.6, "#33312e")
    return board


def poster() -> Canvas:
    """A framed poster of a tram before the roofs of a city."""
    board = Canvas("#eee7df", "#dccfc1")
    board.shadow(50, 90, 56, 4)
    board.rectangle(22, 8, 78, 89, "#3b332d", 0.8)
    board.rectangle(24.4, 10.4, 75.6, 86.6, "#fbf7ef")
    board.rectangle(28, 14, 72, 76, "#f2c9a0")
    board.ellipse(60, 28, 15, 15, "#e9825a")
    for left, top, colour in (
        (28, 44, "#7a6a86"),
        (37, 38, "#8d7b99"),
        (46, 46, "#7a6a86"),
        (55, 40, "#8d7b99"),
        (64, 45, "#7a6a86"),
    ):
        board.polygon([(left, 60), (left, top), (left + 4, top - 5), (left + 8, top), (left + 8, 60)], colour)
        for y in (top + 3, top + 8):
            board.rectangle(left + 2.6, y, left + 5.4, y + 3, "#f6e2b8")
    board.rectangle(28, 60, 72, 76, "#5b5167")
    board.rectangle(33, 51, 67, 70, "#f4d35e", 2.5)
    board.rectangle(33, 63, 67, 66, "#2e6f95")
    for step in range(4):
        board.rectangle(36 + step * 7.4, 54.4, 41.4 + step * 7.4, 61, "#dff0f5", 0.6)
    board.line([(50, 51), (54, 46)], "#3b332d", 0.5)
    board.line([(28, 46), (72, 46)], "#3b332d", 0.3)
    for x in (40, 60):
        board.ellipse(x, 70.6, 5, 5, "#2b2733")
    board.line([(28, 73.4), (72, 73.4)], "#c9c2d1", 0.5)
    board.rectangle(40, 79.4, 60, 81, "#3b332d", 0.6)
    return board


def book() -> Canvas:
    """A standing book with a paper house on its cover."""
    board = Canvas("#e6e1ef", "#cfc6e0")
    board.shadow(50, 84, 52)
    board.polygon([(66, 20), (72, 17), (72, 80), (66, 84)], "#efe9dc")
    for step in range(5):
        board.line([(67.2 + step, 20.4 - step * 0.5), (67.2 + step, 82.6 - step * 0.7)], "#d9d0bf", 0.25)
    board.rectangle(28, 20, 67, 84, "#3f3a6b", 1)
    board.rectangle(28, 20, 33, 84, "#322e57", 1)
    board.polygon(
        [
            (38, 60),
            (38, 44),
            (42, 44),
            (42, 40),
            (46, 40),
            (46, 36),
            (54, 36),
            (54, 40),
            (58, 40),
            (58, 44),
            (62, 44),
            (62, 60),
        ],
        "#f5efe2",
    )
    board.polygon([(54, 36), (54, 40), (58, 40), (58, 44), (62, 44), (62, 60), (54, 60)], "#dcd3c2")
    for x in (41, 46.4, 51, 56.6):
        board.rectangle(x, 47, x + 2.6, 51, "#e6a93f")
    board.rectangle(47.6, 54, 52.4, 60, "#8a4f3d")
    board.rectangle(38, 66, 62, 68, "#e6a93f", 0.8)
    board.rectangle(38, 71, 54, 72.4, "#8e88c2", 0.6)
    board.rectangle(38, 25, 50, 26.4, "#8e88c2", 0.6)
    return board


def ink() -> Canvas:
    """A bottle of ink and a stroke of it."""
    board = Canvas("#dfe8f0", "#c3d3e2")
    board.line(board.curve(12, 88, 88, 2.4, 2.5), "#1f3a68", 1.6)
    board.shadow(50, 79, 50)
    board.rectangle(28, 42, 72, 79, "#cfdfec", 5)
    board.rectangle(31, 48, 69, 76, "#1f3a68", 4)
    board.rectangle(33, 50, 37, 72, "#35578f", 2)
    board.rectangle(40, 34, 60, 43, "#b9cede", 1)
    board.rectangle(37, 22, 63, 36, "#23262d", 2)
    for step in range(7):
        board.rectangle(39.5 + step * 3.3, 24, 40.6 + step * 3.3, 34, "#363a44", 0.4)
    board.rectangle(42, 54, 64, 70, "#f6f1e6", 1.2)
    board.line(board.curve(45, 61, 60, 1.3, 2), "#1f3a68", 0.9)
    board.rectangle(46, 65, 58, 66.2, "#b3a88f", 0.5)
    return board
