"""The configuration of the shop that the stories play in."""

from __future__ import annotations

APP_SECRET = "app-secret-of-a-test"
VERIFY_TOKEN = "verify-token-of-a-test"

CONFIGURATION = """
region = "NL"
timezone = "Europe/Amsterdam"
reopen_days = 14

[[brands]]
ref = "shop"
name = "The Shop"

[[teams]]
ref = "care"
name = "Customer care"
budgets = [{{ amount = "1000.00", currency = "EUR", period = "week", item_limit = "500.00" }}]

[[agents]]
ref = "anna"
name = "Anna de Vries"
email = "anna@shop.example"
team = "care"
languages = ["nl", "en"]
skills = ["billing"]
capacity_units = 200
budgets = [{{ amount = "250.00", currency = "EUR", period = "week", item_limit = "50.00" }}]

[[agents]]
ref = "bram"
name = "Bram Jansen"
email = "bram@shop.example"
team = "care"
languages = ["nl"]
capacity_units = 200
budgets = [{{ amount = "250.00", currency = "EUR", period = "week", item_limit = "50.00" }}]

[[agents]]
ref = "carla"
name = "Carla Smit"
team = "care"
capacity_units = 200
budgets = [{{ amount = "250.00", currency = "EUR", period = "week", item_limit = "50.00" }}]

[[channel_accounts]]
channel = "form"
account = "website"
brand = "shop"

[[channel_accounts]]
channel = "whatsapp"
account = "waba-1"
brand = "shop"
secrets = {{ app_secret = "{app_secret}", verify_token = "{verify_token}" }}
api_base = "{api_base}"

[[templates]]
name = "reading_your_post"
language = "nl"
body = "Ik lees je bericht over {{{{1}}}}. Kan ik je ergens mee helpen?"
account = "waba-1"

[[causes]]
code = "carrier-late"
area = "service"

[http]
allowed_origins = ["https://desk.shop.example"]
"""
