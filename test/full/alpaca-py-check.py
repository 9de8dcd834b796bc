"""Drives the unmodified alpaca-py against the stand-in, and prints what it saw as one JSON object.

Arguments: the stream's URL, the REST base URL, how many quotes and trades the stream has, "parsed" or "raw".
"""

import json
import sys
from datetime import date, datetime, timezone

from alpaca.common.exceptions import APIError
from alpaca.data.enums import Adjustment
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.historical.corporate_actions import CorporateActionsClient
from alpaca.data.live import StockDataStream
from alpaca.data.requests import CorporateActionsRequest, StockBarsRequest
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.client import TradingClient
from alpaca.trading.requests import GetAssetsRequest, GetCalendarRequest

stream_url, rest_url, quote_count, trade_count, mode = sys.argv[1:]
expected = {"quotes": int(quote_count), "trades": int(trade_count)}
seen = {"quotes": [], "trades": []}
stream = StockDataStream("key", "secret", raw_data=mode == "raw", url_override=stream_url)


def plain(message):
    if mode == "raw":
        time = message["t"]
        return [message["S"], str(message.get("i", "")), time.seconds, time.nanoseconds]
    price = message.bid_price if hasattr(message, "bid_price") else message.price
    return [message.symbol, price, message.timestamp.isoformat()]


async def keep(kind, message):
    seen[kind].append(plain(message))
    if all(len(seen[name]) >= count for name, count in expected.items()):
        await stream.stop_ws()


async def on_quote(message):
    await keep("quotes", message)


async def on_trade(message):
    await keep("trades", message)


stream.subscribe_quotes(on_quote, "*")
stream.subscribe_trades(on_trade, "*")
stream.run()

data = StockHistoricalDataClient("key", "secret", url_override=rest_url)
request = StockBarsRequest(
    symbol_or_symbols=["AAA", "BBB"],
    timeframe=TimeFrame.Day,
    start=datetime(2024, 11, 28, tzinfo=timezone.utc),
    end=datetime(2024, 12, 3, tzinfo=timezone.utc),
    adjustment=Adjustment.RAW,
)
bars = data.get_stock_bars(request)
actions = CorporateActionsClient("key", "secret", url_override=rest_url).get_corporate_actions(
    CorporateActionsRequest(symbols=["AAA", "BBB"], start=date(2024, 11, 1), end=date(2024, 12, 31))
)
trading = TradingClient("key", "secret", url_override=rest_url)
calendar = trading.get_calendar(GetCalendarRequest(start=date(2024, 11, 28), end=date(2024, 12, 2)))
try:
    TradingClient("key", "wrong", url_override=rest_url).get_clock()
    refused = None
except APIError as error:
    refused = error.status_code

print(
    json.dumps(
        {
            "quotes": seen["quotes"],
            "trades": seen["trades"],
            "bars": {symbol: [[bar.timestamp.isoformat(), bar.close] for bar in bars[symbol]] for symbol in bars.data},
            "splits": [[split.symbol, split.new_rate, str(split.ex_date)] for split in actions.data.get("forward_splits", [])],
            "dividends": [[dividend.symbol, dividend.rate] for dividend in actions.data.get("cash_dividends", [])],
            "calendar": [[str(day.date), day.open.isoformat(), day.close.isoformat()] for day in calendar],
            "is_open": trading.get_clock().is_open,
            "assets": [asset.symbol for asset in trading.get_all_assets(GetAssetsRequest())],
            "refused": refused,
        }
    )
)
