"""Feeds in each of their formats; nobody who writes in them exists."""

from __future__ import annotations

from typing import Any

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Complaints</title><link>https://complaints.example/</link><language>nl</language>
<item><title>Parcel lost</title><link>https://complaints.example/1</link><guid isPermaLink="false">c-1</guid>
<pubDate>Sat, 21 Nov 2026 09:00:00 +0100</pubDate><dc:creator>Sam V</dc:creator>
<description>short</description><content:encoded><![CDATA[<p>Where is <b>my</b> parcel?</p>]]></content:encoded></item>
<item><title>Second</title><link>https://complaints.example/2</link><description>&lt;p&gt;Again&lt;/p&gt;</description></item>
</channel></rss>"""
ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" xml:lang="en">
<title>Forum</title><id>urn:forum</id><updated>2026-11-21T09:00:00Z</updated>
<entry><title>Late</title><id>urn:1</id><link href="https://forum.example/1"/><published>2026-11-21T08:00:00Z</published>
<updated>2026-11-21T09:00:00Z</updated><author><name>Kim</name><uri>https://forum.example/kim</uri></author>
<content type="html">&lt;p&gt;It is late&lt;/p&gt;</content></entry>
<entry><title>Re: Late</title><id>urn:2</id><thr:in-reply-to ref="urn:1"/><updated>2026-11-21T09:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Mine too</p></div></content></entry>
</feed>"""
RSS1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://news.example/"><title>News</title></channel>
<item rdf:about="https://news.example/1"><title>Strike</title><link>https://news.example/1</link></item>
</rdf:RDF>"""


def json_feed(text: str = "Hello", **more: Any) -> dict[str, Any]:
    item = {
        "id": "j-1",
        "url": "https://blog.example/1",
        "title": "A title",
        "content_text": text,
        "date_published": "2026-11-21T08:00:00Z",
        "authors": [{"name": "Kim"}],
        **more,
    }
    return {"version": "https://jsonfeed.org/version/1.1", "title": "Blog", "items": [item]}


SAMPLES = (json_feed(date_modified="2026-11-21T09:00:00Z"), {"version": "https://jsonfeed.org/version/1", "items": []})
BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>
<rss><channel><item><title>&lol2;</title></item></channel></rss>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE foo [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>
<rss><channel><item><title>&xxe;</title></item></channel></rss>"""
