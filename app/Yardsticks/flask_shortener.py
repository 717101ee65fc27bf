"""Yardstick: a shortener as tutorials write it in Flask, one SELECT per redirect.

Started by the benchmark as `gunicorn -w 1 flask_shortener:app`; DATABASE names the SQLite file.
"""
import os
import sqlite3

from flask import Flask, abort, redirect

app = Flask(__name__)
database = sqlite3.connect(os.environ["DATABASE"], check_same_thread=False)
database.execute("CREATE TABLE IF NOT EXISTS links (code TEXT PRIMARY KEY, url TEXT NOT NULL)")
database.execute("INSERT OR REPLACE INTO links VALUES ('bench01', 'https://example.org/some/long/path?utm_source=bench')")
database.commit()


@app.get("/<code>")
def follow(code):
    row = database.execute("SELECT url FROM links WHERE code = ?", (code,)).fetchone()
    return redirect(row[0], 302) if row else abort(404)
