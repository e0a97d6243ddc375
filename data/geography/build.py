"""Builds countries.geojson, and the label points in countries.csv, from the npm package world-atlas 2.0.2.

    python data/geography/build.py path/to/the/unpacked/package

Needs `antimeridian` 0.4.9 (with shapely and numpy), which the app itself does not. Running it twice writes the same bytes.
"""

import csv
import json
import sys
from itertools import accumulate
from pathlib import Path

import antimeridian
from shapely.geometry import shape
from shapely.ops import polylabel

HERE = Path(__file__).parent
ANTARCTICA = "010"
WITHOUT_NUMBER = {"Kosovo": "XK"}  # shapes without a numeric id; the two others there keep an empty code


def arcs_of(topology: dict) -> list[list[tuple[float, float]]]:
    """Every arc as longitudes and latitudes: TopoJSON stores whole-number steps from point to point, scaled."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    walked = [accumulate(arc, lambda a, b: (a[0] + b[0], a[1] + b[1])) for arc in topology["arcs"]]
    return [[(x * sx + tx, y * sy + ty) for x, y in arc] for arc in walked]


def ring_of(numbers: list[int], arcs: list) -> list[tuple[float, float]]:
    """One closed ring from its arcs; a negative number is the arc ~number read backwards; shared end points stand once."""
    pieces = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    return pieces[0][:1] + [point for piece in pieces for point in piece[1:]]


def geometry_of(item: dict, arcs: list) -> dict:
    """One TopoJSON polygon or multipolygon as GeoJSON, cut where it would cross the antimeridian."""
    polygons = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
    rings = [[ring_of(ring, arcs) for ring in polygon] for polygon in polygons]
    rings = [polygon for polygon in rings if len(set(polygon[0])) > 2]  # one speck of North Korea is a single point
    # The source turns its rings clockwise on purpose: not a pole inside, so turn them quietly.
    return antimeridian.fix_geojson({"type": "MultiPolygon", "coordinates": rings}, fix_winding=True, great_circle=False)


def rounded(geometry: dict) -> list:
    """The polygons with two decimals, about a kilometre; points that fall together stand once, specks vanish."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    small = [[thinned(ring) for ring in polygon] for polygon in polygons]
    return [[ring for ring in polygon if len(ring) > 3] for polygon in small if len(polygon[0]) > 3]


def thinned(ring: list) -> list:
    points = [[round(x, 2) + 0.0, round(y, 2) + 0.0] for x, y in ring]  # + 0.0 turns -0.0 into 0.0
    return [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]


def feature_of(item: dict, arcs: list, codes: dict[str, str]) -> dict:
    code = codes.get(item.get("id")) or WITHOUT_NUMBER.get(item["properties"]["name"], "")
    geometry = {"type": "MultiPolygon", "coordinates": rounded(geometry_of(item, arcs))}
    return {"type": "Feature", "properties": {"iso2": code}, "geometry": geometry}


def label_point(feature: dict) -> tuple[float, float]:
    """The centre of the largest polygon, to one decimal; of a bent country, whose centre lies outside, its widest place."""
    largest = max(shape(feature["geometry"]).geoms, key=lambda polygon: polygon.area)
    point = largest.centroid if largest.contains(largest.centroid) else polylabel(largest, 0.05)
    return round(point.x, 1) + 0.0, round(point.y, 1) + 0.0


def read_countries() -> list[dict]:
    with open(HERE / "countries.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_countries(rows: list[dict]) -> None:
    with open(HERE / "countries.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def placed(row: dict, points: dict) -> dict:
    """A country with the point of its shape; without a shape it keeps the point typed by hand."""
    longitude, latitude = points.get(row["iso2"], (row["longitude"], row["latitude"]))
    return row | {"longitude": longitude, "latitude": latitude}


def main(package: Path) -> None:
    topology = json.loads((package / "countries-110m.json").read_text(encoding="utf-8"))
    rows, arcs = read_countries(), arcs_of(topology)
    codes = {row["numeric"]: row["iso2"] for row in rows if row["numeric"]}
    items = [item for item in topology["objects"]["countries"]["geometries"] if item.get("id") != ANTARCTICA]
    features = sorted((feature_of(item, arcs, codes) for item in items), key=lambda feature: feature["properties"]["iso2"])
    points = {feature["properties"]["iso2"]: label_point(feature) for feature in features}
    write_countries([placed(row, points) for row in rows])
    lines = ",\n".join(json.dumps(feature, separators=(",", ":")) for feature in features)
    (HERE / "countries.geojson").write_text('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
