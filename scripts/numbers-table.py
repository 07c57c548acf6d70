#!/usr/bin/env python3
"""Writes crates/model/src/number/china.bin: carrier and region of Chinese numbers, and the time zone of foreign ones.

The facts are libphonenumber's (Apache-2.0), as the PyPI package `phonenumbers` carries them:

    pip install --target /tmp/pn phonenumbers
    python3 scripts/numbers-table.py /tmp/pn

Layout, little endian (read by crates/model/src/number/table.rs):

    magic "FLN1", u32 regions R, u32 mobile runs M, u32 fixed runs F, u32 zones Z, u32 zone prefixes P, u32 pool bytes
    (R + Z + 1) x u32   offsets of the names in the pool: regions (0 is the empty name), then zones
    1000 x u8           carrier of the national prefixes 1000..1999 (0 unknown, 1 mobile, 2 unicom, 3 telecom, 4 broadnet)
    1001 x u32          first mobile run of the national prefixes 1000..1999
    M x u24             run: offset within its thousand (10 bits) << 14 | region
    F x (u32, u16)      run of all other numbers: first seven national digits, region
    P x (u32, u16)      prefix << 4 | its length, zone
    pool                UTF-8 names
"""

import struct
import sys
from pathlib import Path

# Spellings of one place, brought to one: routes match by how a region's name begins.
SAME_PLACE = {
    "天津": "天津市", "云南怒江": "云南省怒江傈僳族自治州", "云南红河": "云南省红河哈尼族彝族自治州",
    "云南西双版纳": "云南省西双版纳傣族自治州", "云南迪庆": "云南省迪庆藏族自治州", "内蒙古乌兰察布": "内蒙古乌兰察布市",
    "内蒙古兴安": "内蒙古兴安盟", "内蒙古呼伦贝尔": "内蒙古呼伦贝尔市", "内蒙古巴彦淖尔": "内蒙古巴彦淖尔市",
    "内蒙古鄂尔多斯": "内蒙古鄂尔多斯市", "内蒙古锡林郭勒": "内蒙古锡林郭勒盟", "内蒙古阿拉善": "内蒙古阿拉善盟",
    "四川甘孜": "四川省甘孜藏族自治州", "四川阿坝": "四川省阿坝藏族羌族自治州", "甘肃甘南": "甘肃省甘南藏族自治州",
    "西藏山南": "西藏山南地区", "西藏阿里、普兰、札达": "西藏阿里地区", "贵州黔东南": "贵州省黔东南苗族侗族自治州",
    "贵州黔南": "贵州省黔南布依族苗族自治州", "湖北省襄樊市": "湖北省襄阳市", "湖北省襄樊市、襄樊市": "湖北省襄阳市",
    "广西壮族自治区南宁市、崇左市": "广西南宁市、崇左市", "新疆维吾尔自治区乌鲁木齐市": "新疆乌鲁木齐市",
    "西藏日喀则地区、仲巴县": "西藏日喀则地区", "西藏那曲地区、嘉黎县、聂荣县、申扎县、双湖、班戈县、尼玛县": "西藏那曲地区",
    "湖南省长沙市、湘潭市、株州市": "湖南省长沙市、湘潭市、株洲市",
}
CARRIERS = {"China Mobile": 1, "China Unicom": 2, "China Telecom": 3, "China Broadnet": 4}
# Where a prefix spans several zones, the one most people there live in.
MANY_ZONES = {"1": "America/Chicago", "7": "Europe/Moscow", "61": "Australia/Sydney", "55": "America/Sao_Paulo",
              "52": "America/Mexico_City", "62": "Asia/Jakarta"}


def region_of_each_seven(geo):
    """The region of every block of 10,000 numbers: the longest prefix wins, so shorter ones are laid down first."""
    names, index, cells = [""], {"": 0}, [0] * 10_000_000
    for prefix in sorted((k for k in geo if k.startswith("86")), key=lambda k: (len(k), k)):
        national, name = prefix[2:], geo[prefix].get("zh", "")
        name = SAME_PLACE.get(name, name)
        if not national or not name or len(national) > 7:
            continue
        if name not in index:
            index[name] = len(names)
            names.append(name)
        width = 10 ** (7 - len(national))
        first = int(national) * width
        cells[first:first + width] = [index[name]] * width
    return names, cells


def mobile_runs(cells):
    index, runs = [0], []
    for block in range(1000, 2000):
        part, last = cells[block * 1000:block * 1000 + 1000], None
        if any(part):
            for offset, region in enumerate(part):
                if region != last:
                    runs.append(offset << 14 | region)
                    last = region
        index.append(len(runs))
    return index, runs


def fixed_runs(cells):
    runs, last = [], 0
    for seven in range(2_000_000, 10_000_000):
        if cells[seven] != last:
            last = cells[seven]
            runs.append((seven, last))
    return runs


def carriers(data):
    out = [0] * 1000
    for prefix in sorted((k for k in data if k.startswith("86")), key=len):
        national = prefix[2:]
        if not national.startswith("1") or len(national) > 4:
            continue
        width = 10 ** (4 - len(national))
        first = int(national) * width - 1000
        out[first:first + width] = [CARRIERS.get(data[prefix].get("en"), 0)] * width
    return out


def zones(data):
    names, rows = sorted({z for v in data.values() for z in v}), []
    for prefix, found in data.items():
        if len(prefix) > 8 or prefix.startswith("86"):
            continue
        zone = MANY_ZONES.get(prefix, found[0])
        rows.append((int(prefix) << 4 | len(prefix), names.index(zone)))
    return names, sorted(rows)


def main():
    sys.path.insert(0, sys.argv[1] if len(sys.argv) > 1 else "/tmp/pn")
    from phonenumbers import __version__
    from phonenumbers.carrierdata import CARRIER_DATA
    from phonenumbers.geodata import GEOCODE_DATA
    from phonenumbers.tzdata import TIMEZONE_DATA

    regions, cells = region_of_each_seven(GEOCODE_DATA)
    index, mobile = mobile_runs(cells)
    fixed = fixed_runs(cells)
    zone_names, zone_rows = zones(TIMEZONE_DATA)
    offsets, pool = [], b""
    for name in regions + zone_names:
        offsets.append(len(pool))
        pool += name.encode()
    offsets.append(len(pool))
    out = b"FLN1" + struct.pack("<6I", len(regions), len(mobile), len(fixed), len(zone_names), len(zone_rows), len(pool))
    out += struct.pack(f"<{len(offsets)}I", *offsets)
    out += bytes(carriers(CARRIER_DATA))
    out += struct.pack("<1001I", *index)
    out += b"".join(struct.pack("<I", run)[:3] for run in mobile)
    out += b"".join(struct.pack("<IH", *run) for run in fixed)
    out += b"".join(struct.pack("<IH", *row) for row in zone_rows)
    out += pool
    path = Path(__file__).parent.parent / "crates/model/src/number/china.bin"
    path.write_bytes(out)
    print(f"{path.name}: {len(out)} bytes, {len(regions) - 1} regions, {len(mobile)} mobile runs, {len(fixed)} fixed runs, "
          f"{len(zone_rows)} zone prefixes; libphonenumber {__version__}")


if __name__ == "__main__":
    main()
