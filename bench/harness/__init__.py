"""What bench/run.py is made of: machine -> proxies -> works -> measures -> report, charts."""
