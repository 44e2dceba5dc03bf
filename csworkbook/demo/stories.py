"""Which stories are planted in the demo shop, and how big is each of them really?

Every size stands here once. The generators read it from here, and so does `demo.truth`.
"""

from __future__ import annotations

from dataclasses import dataclass

SHOP = "Merel & Mos"
SEED = 20240101
CUSTOMERS = 7600  # at scale 1
DAYS = 730  # from Monday 1 July 2024 up to and including 30 June 2026

# ---------------------------------------------------------------- known days (day 0 = 1 July 2024)
SURVEY_SINCE = 365  # 1 July 2025: the shop starts asking
DELIVERY_SINCE = 609  # Monday 2 March 2026, ISO week 2026-W10
REFUNDS_SINCE = 553  # Monday 5 January 2026, ISO week 2026-W02
SIGNAL_DAY = 462  # Monday 6 October 2025, ISO week 2025-W41
EVENTS_SINCE = 660  # Wednesday 22 April 2026: ten weeks of page visits
MESSAGES_SINCE = 365


@dataclass(frozen=True)
class CustomerType:
    """One of the four kinds of customers (section 3.5 of the handbook)."""

    name: str
    share: float
    home: str  # the category every order of this type contains
    again: float  # probability of another order after an order
    lines: float  # mean number of lines beyond the first
    discount: float  # share of orders with a discount
    devices: tuple[float, float, float]  # mobile, desktop, tablet
    december: float  # how many times busier a December day is than another
    before: float  # questions that lead to an order, per order
    after: float  # share of orders with a contact after it


TYPES = (
    CustomerType("bargain hunter", 0.34, "decoration", 0.50, 0.7, 0.70, (0.72, 0.22, 0.06), 1.4, 0.07, 0.20),
    CustomerType("regular", 0.22, "bed and bath", 0.72, 0.6, 0.10, (0.35, 0.55, 0.10), 1.2, 0.08, 0.22),
    CustomerType(
        "relational", 0.08, "garden furniture", 0.50, 0.6, 0.05, (0.30, 0.62, 0.08), 0.6, 1.30, 0.55
    ),
    CustomerType(
        "gift giver", 0.36, "kitchen and table", 0.20, 0.4, 0.15, (0.55, 0.30, 0.15), 4.5, 0.12, 0.30
    ),
)
DEVICES = ("mobile", "desktop", "tablet")
CHANNELS_IN = {"search": 0.38, "direct": 0.24, "newsletter": 0.18, "social": 0.13, "comparison site": 0.07}
KNOWN_BEFORE = 0.15  # share of customers who had ordered before July 2024
GAP = (25.0, 75.0)  # days to the next order: at least, and mean beyond that

# ---------------------------------------------------------------- 03 effort survey
RESPONSE = {"new": 0.21, "returning": 0.29}  # answers per order since the survey began
CHOOSING_HARD = {"bed and bath": 0.17, "elsewhere": 0.06}
BUYING_HARD = {"mobile": 0.16, "elsewhere": 0.07}
AFTER_HARD = {"mobile": 0.25, "desktop": 0.15, "tablet": 0.17}  # before the delivery problem
AFTER_JUMP = 0.17  # what the delivery problem adds to each
SOME = {"choosing": 0.25, "buying": 0.24, "after": 0.30}  # share "some" among the others
EMPTY = 0.02
# by the hardest of the three answers: 1 hardly any, 2 some, 3 far too much
BUY_AGAIN = {1: 0.93, 2: 0.79, 3: 0.46}
SPEND_MORE = {1: 0.72, 2: 0.52, 3: 0.24}
DETRACTOR = {1: 0.05, 2: 0.24, 3: 0.70}
REPURCHASE = {1: 0.50, 2: 0.37, 3: 0.18}  # really ordered again within 90 days of answering
REPURCHASE_DAYS = 90
COMMENTED = {1: 0.40, 2: 0.55, 3: 0.80}
DELIVERY_COMMENTS = {"before": 0.35, "since": 0.70}  # of comments on "far too much" after the purchase
DUTCH = 0.80

# ---------------------------------------------------------------- 01 service gap
SUPERIOR = {"company": 0.786, "customer": 0.17}  # 11 of the 14 in the company
DIMENSIONS = {"tangibles": 4, "reliability": 5, "responsiveness": 4, "assurance": 4, "empathy": 5}
GAPS = {"tangibles": -0.3, "reliability": -0.9, "responsiveness": -1.7, "assurance": -0.5, "empathy": -0.7}
WEIGHTS = {"tangibles": 0.10, "reliability": 0.28, "responsiveness": 0.34, "assurance": 0.13, "empathy": 0.15}
EXPECTED = 6.5  # mean expectation of customers, every dimension
COMPANY_EXPECTS = {"responsiveness": 5.3, "elsewhere": 6.3}  # what the company thinks they expect


# ---------------------------------------------------------------- 04, 05 contacts
@dataclass(frozen=True)
class Topic:
    """One reason for a contact: weight among the contacts of its stage, and what it is like."""

    name: str
    group: str  # product, payment, terms or delivery: the four groups of the consumer centre
    stage: str
    weight: float
    complaint: float
    minutes: float  # handling time, geometric mean


TOPICS = (
    Topic("product advice", "product", "before", 0.27, 0.0, 11.0),
    Topic("size and fit", "product", "before", 0.21, 0.0, 6.0),
    Topic("out of stock", "product", "before", 0.15, 0.05, 4.0),
    Topic("delivery time", "delivery", "before", 0.16, 0.0, 3.5),
    Topic("payment failed", "payment", "before", 0.09, 0.5, 8.0),
    Topic("discount code", "terms", "before", 0.06, 0.2, 4.0),
    Topic("other", "other", "before", 0.06, 0.1, 6.0),
    Topic("where is my order", "delivery", "after", 0.36, 0.45, 4.0),
    Topic("return label", "terms", "after", 0.19, 0.15, 5.0),
    Topic("damaged on arrival", "delivery", "after", 0.09, 0.95, 9.0),
    Topic("refund", "payment", "after", 0.05, 0.7, 7.0),
    Topic("how to assemble", "product", "after", 0.09, 0.1, 12.0),
    Topic("colour differs", "product", "after", 0.06, 0.8, 7.0),
    Topic("invoice", "payment", "after", 0.06, 0.05, 3.0),
    Topic("warranty", "terms", "after", 0.04, 0.4, 13.0),
    Topic("other", "other", "after", 0.06, 0.2, 6.0),
)
FOLLOWS = ("return label", "refund", 0.34)  # who asks the first also asks the second within 14 days
REPEAT = {"chat": 0.13, "phone": 0.09, "email": 0.27, "social": 0.22}  # same topic again within 14 days
CONTACT_CHANNELS = {
    "before": {"chat": 0.42, "phone": 0.24, "email": 0.25, "social": 0.09},
    "after": {"chat": 0.24, "phone": 0.33, "email": 0.36, "social": 0.07},
}
CONVERTS = {"chat": 0.52, "phone": 0.21, "email": 0.36, "social": 0.30}  # of contacts before, buy in 14 days
COST_PER_CONTACT = {"chat": 5.20, "phone": 14.50, "email": 6.80, "social": 6.00}
HOURLY_COST = 32.0
# reply targets in minutes, and the share of contacts that meets them
TARGETS = {"chat": 20 / 60, "phone": 30 / 60, "email": 24 * 60.0, "social": 60.0}
KEPT = {"chat": 0.74, "phone": 0.71, "email": 0.63, "social": 0.52}
CHAT_AT_NOON = 0.45  # between 12:00 and 13:00
ABANDONED = 0.09  # of phone calls
SATISFIED = {"chat": 0.84, "phone": 0.78, "email": 0.66, "social": 0.62}
SIGNAL_SATISFIED = 0.30  # in the signal week
RELATIONAL_MINUTES = 1.6  # their conversations last this many times longer
WEEKDAYS = {  # Monday … Sunday
    "live": (0.23, 0.18, 0.16, 0.15, 0.16, 0.12, 0.0),
    "written": (0.20, 0.16, 0.14, 0.14, 0.13, 0.09, 0.14),
}
OPEN_HOURS = (9, 18)
BUSY_HOUR = (10, 0.18)  # share of chats and calls that start between 10:00 and 11:00
AGENTS = ("Bram", "Fleur", "Jesse", "Marloes", "Noor", "Ruben", "Sanne")
POLICY_AGENT = "Ruben"
POLICY = {"Ruben": 0.42, "others": 0.07}  # conversations with "our policy does not allow it"
HARD = {"before": 0.10, "since": 0.22}  # conversations with a customer at the end of their tether
STEPS = {
    "greeting": 0.68,
    "empathy": 0.36,
    "apology": 0.52,
    "open question": 0.31,
    "closed question": 0.47,
    "advocacy": 0.21,
    "notify": 0.16,
    "forward resolution": 0.14,
    "thanks": 0.57,
    "uncertainty": 0.12,
    "passing on": 0.10,
}
CONVERSATIONS = 1500  # at scale 1
COLOUR_PRODUCT = "Plaid Merel oker"
COLOUR_RETURNS = {"product": 0.34, "elsewhere": 0.08}  # share of lines sent back
COLOUR_REASON = {"product": 0.66, "elsewhere": 0.08}  # of these with the reason "colour differs"
ASSEMBLY_PRODUCT, ASSEMBLY_SHARE = "Tuinbank Beuk grijs", 0.55  # of questions how to assemble
STOCK_PRODUCT, STOCK_SHARE = "Badlaken dik mos", 0.60  # of questions about stock
RETURN_DAYS = 14  # a return is handled (money back, or exchange sent) within so many days …
RETURN_HANDLED = {"before": 0.93, "since": 0.71}  # … in this share of cases; slower since January 2026
RETURN_NEVER = 0.10  # of the late ones: not handled at all
REVIEWS = 1500
REVIEW_REPLIED = 0.38
REVIEW_LOW = {"before": 0.09, "since": 0.24}  # share of one and two stars

PREVENTABLE = (
    "where is my order",
    "return label",
    "how to assemble",
    "invoice",
)  # a page could have answered them

# ---------------------------------------------------------------- 06–08, 12 baskets and visits
PAIR = (
    "Dekbedovertrek linnen zand",
    "Hoeslaken jersey zand",
    0.42,
)  # who buys the first also buys the second
# ten questions to loyal customers: of two types, who had ordered at least so often when they were asked
LOYAL_ANSWERS = 80  # at scale 1
LOYAL_TYPES, LOYAL_ORDERS = ("regular", "relational"), 3
LOYAL_ASKED, LOYAL_DAYS = 700, 21  # 1 June 2026, and the days in which the answers came
LOYAL_SKIPPED = 0.06  # of each question
LOYAL_THINGS = {  # what they name: a thing, and the share that names it
    "other_shops": ("IKEA", {"elsewhere": 0.45}),
    "hobbies": ("tuinieren", {"relational": 0.65, "regular": 0.20}),
}
LOYAL_AMBITIONS = {"garden": 0.40, "travel": 0.25, "family": 0.20, "work": 0.15}
FREE_SHIPPING, SHIPPING = 50.0, 4.95
FILLER, TOPPED_UP = "Geurkaars Linde één maat", 0.38  # baskets of 40–50 euro made up to 50
STEP_NAMES = ("home", "product", "cart", "checkout", "delivery", "payment", "paid")
STEP_RATES = {  # per visitor, from each step to the next
    "mobile": (0.55, 0.17, 0.57, 0.87, 0.85, 0.62),
    "desktop": (0.62, 0.17, 0.60, 0.88, 0.87, 0.91),
    "tablet": (0.60, 0.16, 0.57, 0.87, 0.86, 0.90),
}
SEARCHED = 0.40  # of visitors
RETURNING_BUYERS = 0.16  # of buyers left an earlier cart behind
SWITCHED = 0.30  # of these: cart on the phone, payment on a desktop
LINGER_PRODUCT = 0.12  # of product visitors who put nothing in the cart: over 2 minutes on a product page
LINGER_CART = 0.28  # of cart visitors who go no further: over 1 minute in the cart
