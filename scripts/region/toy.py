"""The toy region: an invented archipelago on real hexagons in the middle of the Atlantic, for tests and teaching.

Arda, Borin, Cela and the Far Host do not exist. Arda plays the part of the large neighbour whose citizens are the first
victims; the north enclave is the place it presses first; Borin and Cela are where crews could go.
"""

import h3

from region import grid
from region.people import language_rows
from region.raw import plain, read_table
from region.schema import COLUMNS

CENTRE = (0.0, -25.0)
RINGS = 3  # 37 hexagons
ENCLAVE, PORT, CITY = (0.35, -25.35), (-0.55, -25.75), (-0.55, -24.40)
INVENTED = {"source": "invented for tests and teaching", "grade": "D"}

# table: rows in the order of the schema's columns, fields separated by commas
ROWS = {
    "countries": """
        arda,Arda,0,Atlantic/Azores,0.9,-25.0
        borin,Borin,0,Atlantic/Azores,-0.4,-25.7
        cela,Cela,0,Atlantic/Azores,-0.4,-24.3
        far,Far Host,1,Atlantic/Azores,-20.0,-15.0""",
    "territories": """
        arda_home,Arda,arda,arda_officials,0,0.9,-25.0,0.8,0.45,0,0,0,35,0
        north_enclave,North enclave,borin,north_guard,0,0.35,-25.35,0.05,0.85,0.4,0,0,70,0
        borin_port,Borin port,borin,borin_officials,0,-0.55,-25.75,0.35,0.8,0.1,0,0,60,1
        borin_inland,Borin inland,borin,borin_officials,0,-0.3,-25.6,0.2,0.8,0.2,0,0,35,0
        cela_city,Cela city,cela,cela_officials,0,-0.55,-24.4,0.5,0.6,0.05,0,0,75,0
        cela_islands,Cela islands,cela,cela_officials,0,-0.3,-24.3,0.4,0.6,0.05,0,0,35,0
        far_host,Far Host,far,far_officials,1,-20.0,-15.0,0.4,0.5,0.1,0,0,90,0""",
    "protectors": """
        north_guard,North guard,border_guard_force,borin,borin,borin_officials,,host,0.85,0.1,2,0.7,0.8
        borin_officials,Borin officials,officials,borin,borin,north_guard,,host,0.5,0.08,10,0.3,0.4
        cela_officials,Cela officials,state,cela,cela,,,tolerate,0.3,0.06,30,0.05,0.3
        arda_officials,Arda officials,state,arda,arda,,,hostile,0.1,0.03,300,0.01,1
        far_officials,Far Host officials,officials,far,dorland,,,tolerate,0.25,0.06,50,0.02,0.1""",
    "states": """
        arda,Arda,arda,chinese_speaking,0.85,0.45,30
        borin,Borin,borin,regional_asian,0.2,0.85,4
        cela,Cela,cela,other,0.45,0.6,8
        dorland,Dorland,far,western,0.85,0.1,2""",
    "leverage": """
        arda,borin,0.7
        arda,cela,0.3
        dorland,cela,0.3
        dorland,borin,0.1
        cela,borin,0.2""",
    "syndicates": """
        north_family,North family,family,north_enclave,north_enclave,north_guard,4,0.5
        north_tenants,North tenants,network,north_enclave,north_enclave borin_inland,north_guard,3,0.4
        port_landlords,Port landlords,syndicate,borin_port,borin_port borin_inland,borin_officials,3,0.6
        cela_crews,Cela crews,network,cela_city,cela_city cela_islands,cela_officials,2,0.5
        roving_network,Rovers,network,borin_port,north_enclave borin_port cela_city far_host arda_home,,2,0.2""",
    "pools": """
        arda_people,Arda,chinese_speaking,arda,200,100,140,160,29000,0.08,0.3,0.1,0.4
        isles_people,Isles,regional_asian,borin,150,60,100,120,8000,0.3,0.15,0.05,0.25
        dorland_people,Dorland,western,dorland,100,80,90,95,125000,0.96,0.18,0.05,0.3
        far_people,Far lands,other,cela,120,50,80,100,6500,0.1,0.08,0.03,0.2""",
    "pool_languages": """
        arda_people,mandarin,0.97
        isles_people,malay,0.95
        far_people,iberian,0.95""",
    "labour_pools": """
        arda_workers,Arda,ARD,0.9,-25.0,20,0.15,13000,0.34,0.02,0.06,0.9
        borin_workers,Borin,BOR,-0.4,-25.7,5,0.1,1500,0.9,0.4,0.1,0.5
        cela_workers,Cela,CEL,-0.4,-24.3,8,0.08,4500,0.62,0.1,0.5,0.4
        far_workers,Far lands,FAR,-20.0,-15.0,15,0.15,2500,0.77,0.2,0.4,0.05""",
    "labour_languages": """
        arda_workers,mandarin,0.98
        borin_workers,malay,0.95
        borin_workers,mandarin,0.05
        cela_workers,malay,0.95
        far_workers,iberian,0.95""",
}

# site, name, territory, kind, workers low and high, compounds low and high, owner
SITES = """
    t001,North town,north_enclave,border_enclave,1200,2400,10,20,north_family
    t002,North gate,north_enclave,casino_town,600,1200,5,10,north_tenants
    t003,North villa,north_enclave,border_enclave,400,800,2,4,
    t004,Port towers,borin_port,casino_town,800,1600,6,12,port_landlords
    t005,Port annex,borin_port,sez,300,600,2,4,
    t006,Inland farm,borin_inland,border_enclave,200,400,1,2,north_tenants
    t007,City flats,cela_city,city,400,800,5,10,cela_crews
    t008,Far office,far_host,city,100,200,1,2,roving_network"""

CAPACITY = {  # people each territory can house in compounds, shared evenly by its cells
    "arda_home": 1_000, "north_enclave": 8_000, "borin_port": 6_000, "borin_inland": 2_500, "cela_city": 4_000,
    "cela_islands": 2_000, "far_host": 3_000,
}  # fmt: skip
CONNECTIVITY = {"arda_home": 0.8, "north_enclave": 0.9, "borin_port": 0.9, "cela_city": 0.9, "far_host": 0.85}


def lines(text):
    return [[field.strip() for field in line.split(",")] for line in text.strip().splitlines()]


def table(name):
    """Rows of one table, with source and grade."""
    columns = COLUMNS[name][:-2]
    return [dict(zip(columns, fields, strict=True)) | INVENTED for fields in lines(ROWS[name])]


def draw_map():
    """{cell: {country, lat, lon}} and {cell: territory}: Arda in the north, Borin south-west, Cela south-east."""
    cells = {}
    for cell in sorted(h3.grid_disk(h3.latlng_to_cell(*CENTRE, grid.RESOLUTION), RINGS)):
        lat, lon = h3.cell_to_latlng(cell)
        country = "arda" if lat > 0.45 else "borin" if lon < CENTRE[1] else "cela"
        cells[cell] = {"country": country, "lat": lat, "lon": lon}
    owner = {c: {"arda": "arda_home", "borin": "borin_inland", "cela": "cela_islands"}[cells[c]["country"]] for c in cells}
    for territory, country, (lat, lon) in (
        ("north_enclave", "borin", ENCLAVE),
        ("borin_port", "borin", PORT),
        ("cela_city", "cela", CITY),
    ):
        free = [c for c in cells if cells[c]["country"] == country and owner[c] not in ("north_enclave",)]
        for cell in grid.nearest(cells, free, lat, lon)[:2]:
            owner[cell] = territory
    return cells, owner


def cell_rows(cells, owner):
    ring, borders = grid.neighbours(cells), grid.border_km(cells)
    size = {territory: list(owner.values()).count(territory) for territory in owner.values()}
    rows = [
        {
            "cell": cell, "lat": plain(here["lat"]), "lon": plain(here["lon"]), "country": here["country"],
            "territory": owner[cell], "remote": 0, "town": "", "population": 0, "border_km": plain(borders[cell], 0),
            "connectivity": CONNECTIVITY.get(owner[cell], 0.7), "neighbours": " ".join(ring[cell]),
            "capacity_workers": 10 * round(CAPACITY[owner[cell]] / size[owner[cell]] / 10),
        }
        | INVENTED
        for cell, here in cells.items()
    ]  # fmt: skip
    far = next(row for row in table("territories") if row["remote"] == "1")
    name = far["territory"]
    rows.append({
        "cell": h3.latlng_to_cell(float(far["lat"]), float(far["lon"]), grid.RESOLUTION),
        "lat": far["lat"], "lon": far["lon"],
        "country": far["country"], "territory": name, "remote": 1, "town": "", "population": 0, "border_km": 0,
        "connectivity": CONNECTIVITY[name], "capacity_workers": CAPACITY[name], "neighbours": "",
    } | INVENTED)  # fmt: skip
    return sorted(rows, key=lambda r: (r["remote"], r["country"], r["territory"], r["cell"]))


def site_rows(hexagons):
    """Sites go round the cells of their territory in order."""
    rows, used = [], {}
    for site, name, territory, kind, low, high, fewest, most, owner in lines(SITES):
        inside = [row for row in hexagons if row["territory"] == territory]
        place = inside[used.get(territory, 0) % len(inside)]
        used[territory] = used.get(territory, 0) + 1
        rows.append({
            "site": site, "name": name, "territory": territory, "cell": place["cell"],
            "lat": place["lat"], "lon": place["lon"],
            "kind": kind, "active_from": "2015-01-01", "active_to": "", "workers_low": low, "workers_high": high,
            "compounds_low": fewest, "compounds_high": most, "aggregate_of": "", "syndicate": owner,
            "coord_precision": "invented",
        } | INVENTED)  # fmt: skip
    return rows


def build():
    """{table: rows} with the schema of the real region."""
    cells, owner = draw_map()
    hexagons = cell_rows(cells, owner)
    tables = {name: table(name) for name in ROWS}
    tables["cells"], tables["sites"] = hexagons, site_rows(hexagons)
    tables["pool_languages"] = language_rows(tables["pool_languages"], "pool", tables["pools"])
    tables["labour_languages"] = language_rows(tables["labour_languages"], "labour_pool", tables["labour_pools"])
    for shared_with_the_real_region in ("schemes", "scheme_blocs"):
        tables[shared_with_the_real_region] = read_table(f"judgement/{shared_with_the_real_region}.csv")
    for row in tables["territories"]:  # Arda plays China's part: its border is the china_border of the schema
        near = {n for h in hexagons if h["territory"] == row["territory"] for n in h["neighbours"].split()}
        row["china_border"] = int(row["country"] != "arda" and any(cells[n]["country"] == "arda" for n in near))
    tables["sources"] = [
        {"table": name, "column": "all", **INVENTED, "note": "no value of the toy region describes a real place"}
        for name in tables
        if not name.startswith("scheme")
    ] + [
        {
            "table": "schemes",
            "column": "all",
            "source": "judgement/schemes.csv",
            "grade": "D",
            "note": "as in the real region",
        }
    ]
    return {name: tables[name] for name in COLUMNS}
