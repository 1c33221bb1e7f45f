"""Invented names for the county, its towns, streets and roads. Holds words only."""

from __future__ import annotations

COUNTY = "Arrowmere County"
RIVER = "Tamarrow River"
CREEK = "Corrin Creek"
MOTORWAY = "Arrowmere Expressway"
RAILWAY = "Tamarrow Valley Line"
TOWN_NAMES = (
    "Aldermoor",
    "Brackwater",
    "Corrinfield",
    "Dunmarrow",
    "Eastfell",
    "Fennick",
    "Garrowby",
    "Hollinscroft",
    "Istley",
    "Kestrow",
    "Lorringdale",
    "Marlock",
)
SHARED_STREET = "Mill Rd"
SHARED_TOWNS = (1, 4, 7)
COMMON = (
    "Church St",
    "School St",
    "Park Ave",
    "Market St",
    "Spring St",
    "Franklin Ave",
    "Depot St",
    "Grove St",
    "Union St",
    "Cemetery Rd",
)
WORDS = tuple(
    """Abbot Acorn Alder Amber Anchor Apple Archer Arlow Ashby Aspen Auburn Badger Baker
    Balsam Barley Barrow Basin Beacon Beech Bellows Bennet Birch Bishop Bittern Blackthorn
    Bluebell Bower Bracken Bramble Brewer Briar Brick Brindle Brook Buckthorn Burdock Butler
    Calder Camden Candle Canter Cardinal Carver Cedar Chandler Chapel Cherry Chestnut Clover
    Cobble Collier Cooper Copper Coral Cotter Crane Cricket Crocus Crofter Curlew Cypress
    Dairy Damson Dapple Deacon Dewberry Dogwood Dover Drayton Drover Eagle Elder Elm Ember
    Fairview Falcon Farrier Fern Ferry Fiddler Finch Flax Fletcher Flint Forge Foster Fox
    Fuller Garnet Gentian Gibson Ginger Glover Goldfinch Gorse Granary Granite Grayling
    Greenway Gull Hammond Harbor Harrow Hawthorn Hazel Heath Hemlock Heron Hickory Hobson
    Holly Hopper Hunter Hyssop Indigo Iris Ironwood Ivy Jasper Jay Juniper Kestrel Kiln
    Kingfisher Lantern Larch Lark Laurel Lavender Lilac Lime Linden Linnet Locust Lupine
    Magnolia Mallow Maple Marigold Marsh Martin Mason Meadow Merlin Millstone Mint Mulberry
    Myrtle Nettle Nightingale Oak Oriole Osier Osprey Otter Paddock Partridge Pebble Pepper
    Pine Pinnacle Plover Plum Poplar Potter Primrose Quail Quarry Quince Raven Redwood Reed
    Ridge Robin Rosemary Rowan Rush Saddler Saffron Sage Sawyer Sedge Shepherd Silver Slate
    Sorrel Sparrow Spruce Starling Stone Summit Sumac Swallow Sycamore Tanner Tansy Teal
    Thatcher Thistle Thorn Thrush Timber Turner Umber Valley Verbena Vine Violet Walnut
    Warbler Weaver Wheeler Whitebeam Willow Windmill Winter Wren Yarrow Yew""".split()  # noqa: SIM905 - reads better as text
)
TOWN_ENDINGS = ("St", "St", "St", "Ave", "Ave", "Dr", "Ln", "Pl", "Ter", "Ct")
RURAL_ENDINGS = ("Rd", "Rd", "Rd", "Ln", "Hill Rd", "Hollow Rd", "Run Rd", "Ridge Rd", "Farm Rd")
SITES = (
    "Hospital",
    "Middle School",
    "High School",
    "Town Hall",
    "Shopping Center",
    "Library",
)
