"""Prints, in base64, the safetensors file that safetensors.test.ts reads: one array of every element type, by struct alone."""

import base64
import json
import struct

ARRAYS = [
    # name, dtype, shape, bytes
    ("doubles", "F64", [2], struct.pack("<2d", 0.1, -1e300)),
    ("long", "I64", [3], struct.pack("<3q", 1, -2, 2**62)),
    ("conv1.weight", "F32", [1, 2, 1, 2], struct.pack("<4f", 1.5, -2.25, 3e38, 0.1)),
    ("int", "I32", [2], struct.pack("<2i", -7, 2147483647)),
    # 1.0, -2.0, the smallest subnormal, the largest number, infinity, not a number, and 0.333251953125
    ("half", "F16", [7], struct.pack("<7H", 0x3C00, 0xC000, 0x0001, 0x7BFF, 0x7C00, 0x7E00, 0x3555)),
    # 1.0, -0.15625, infinity
    ("brain", "BF16", [3], struct.pack("<3H", 0x3F80, 0xBE20, 0x7F80)),
    ("short", "I16", [1], struct.pack("<h", -300)),
    ("bytes", "U8", [2, 2], bytes([0, 1, 254, 255])),
    ("signed", "I8", [1], struct.pack("<b", -5)),
    ("flags", "BOOL", [3], bytes([1, 0, 1])),
    ("scalar", "U8", [], bytes([9])),
    ("nothing", "F32", [0, 4], b""),
]


def main():
    header, end = {"__metadata__": {"format": "pt", "made by": "hand"}}, 0
    for name, dtype, shape, data in ARRAYS:
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + len(data)]}
        end += len(data)
    text = json.dumps(header).encode()
    file = struct.pack("<Q", len(text)) + text + b"".join(data for *_, data in ARRAYS)
    print(base64.b64encode(file).decode())


main()
