"""Another program for the tests: puts each line of JSON that it reads on the clipboard, or offers it as selected."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QByteArray, QMimeData, QSocketNotifier
from PySide6.QtGui import QClipboard, QGuiApplication


def main() -> None:
    qt = QGuiApplication(sys.argv)

    def read() -> None:
        line = sys.stdin.readline()
        if not line:
            qt.quit()
            return
        told = json.loads(line)
        mime = QMimeData()
        mime.setText(told["text"])
        for kind in told.get("marks", []):
            mime.setData(kind, QByteArray(b"secret"))
        mode = QClipboard.Mode.Selection if told.get("selected") else QClipboard.Mode.Clipboard
        qt.clipboard().setMimeData(mime, mode)
        sys.stdout.write("done\n")
        sys.stdout.flush()

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(read)
    qt.exec()


if __name__ == "__main__":
    main()
