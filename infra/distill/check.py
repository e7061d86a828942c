#!/usr/bin/env python3
"""Writes check.json: texts with the tokens and the embedding any reader of the table must arrive at.

    python infra/distill/check.py
"""
import json
from pathlib import Path

from table import Table

HERE = Path(__file__).parent
TEXTS = [
    "", " ", "\n\t \r\n", "a", "Hello, world!", "HELLO WORLD", "hello world",
    "I don't think we'll've finished by 5 o'clock; it's Anna's idea, isn't it?",
    "I don’t like “smart” quotes – or dashes—at all…",
    "She'd moved from Lisbon to Reykjavík in 2019.",
    "My sister's phone number is +44 20 7946 0958, ext. 12.",
    "The flat costs $1,250.50 a month (about €1.150,00).",
    "pi is 3.14159265358979 and e is 2.71828", "0xDEADBEEF 1e-9 -42 007 10^6 50%",
    "Meet me at 7:30pm on 2024-02-29, not 29/02/24.", "v2.0.1-rc.3+build.77",
    "We adopted a dog 🐶🎉 today!!!", "👩‍👩‍👧‍👦 family 🇵🇹 flag 👍🏽 thumbs ❤️ heart", "😀",
    "café naïve résumé Zoë Ångström piñata", "cafe\u0301 with a combining accent, A\u030angstro\u0308m",
    "İstanbul'da IĞDIR ılık", "Straße GROẞ ﬁnally ﬂat", "Øyvind Łódź Đorđe þorn æsir œuvre",
    "Αθήνα, η πρωτεύουσα της Ελλάδας ΟΔΥΣΣΕΥΣ", "Привет, как дела? Ёлка и йод",
    "שלום עולם", "مرحبا بالعالم، كيف الحال؟", "नमस्ते दुनिया, हिन्दी में", "สวัสดีชาวโลก", "안녕하세요 세계",
    "こんにちは世界、カタカナとひらがな。", "我昨天在北京买了一本书。", "東京tower 2階", "全角ＡＢＣ１２３！", "㐀㐁 豈 𠀀𠮷",
    "বাংলা தமிழ் తెలుగు ქართული հայերեն አማርኛ", "Tiếng Việt có dấu",
    "tabs\tand\nnewlines\r\nand   many    spaces", "no\u00a0break\u2003em\u3000ideographic\u202fnarrow",
    "zero\u200bwidth\u200djoin\ufeffbom soft\u00adhyphen", "nul\u0000 bell\u0007 escape\u001b[31m delete\u007f c1\u0085next",
    "replacement \ufffd private \ue000 unassigned \u0378", "line\u2028separator\u2029paragraph\u000bvertical\u000cform",
    "https://example.org/a/b?c=d&e=%20f#g", "mail jane.doe+test@sub.example.co.uk or @jane #memory",
    "fn main() { println!(\"{:?}\", x[0]); } // a_b-c", "C:\\Users\\me\\file.txt && ls -la | grep 'x' > /dev/null",
    "antidisestablishmentarianism supercalifragilisticexpialidocious", "unbelievably rehomeable bookshelfless",
    "a" * 100, "a" * 101, "ab" * 60 + " fine", "é" * 100, "xyz" * 30 + "-" + "xyz" * 30, "日" * 12,
    "(((nested))) [brackets] {braces} <tags/> ~tilde~ `tick` ^caret^ $x_1$ |pipe|", "¿Qué? ¡Sí! «oui» „ja“ ‚nein‘ ·•§¶†‡",
    "½ ² ³ ₂ ™ © ℃ Ⅷ ∑ ≠ → ♥ ★ √2", "₹500 ₿1 ¥300 £20 ¢5",
    "I think... no, wait -- what?! 'quoted' \"double\"", "I'm lactose intolerant, so I bake with oat milk.",
    "Which city did Mira move to after she left her job at the bakery?",
    "Tariq: The plumber comes on Tuesday evening!\nInes: Wonderful, which one?",
    "the the the the", "of and in to", "zyzzyva qwrtpsdfgh", "word " * 200,
]


def main():
    table = Table(HERE.parents[1] / "shared/src/models/builtin/table.bin")
    rows = []
    for text, vector in zip(TEXTS, table.encode(TEXTS)):
        # adding 0 turns a negative zero into a plain one
        rows.append({"text": text, "tokens": table.pieces(text), "first8": [round(float(x), 6) + 0 for x in vector[:8]]})
    lines = ",\n".join(json.dumps(r) for r in rows)
    (HERE / "check.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(rows)} texts")


if __name__ == "__main__":
    main()
