import feedparser


def read_feed(client, address, **headers):
    """Return an Atom feed as a feed reader of somebody else's making understands it."""
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    feed = feedparser.parse(
        response.content, response_headers={"content-type": response["Content-Type"]}
    )
    assert not feed.bozo, feed.bozo_exception
    assert feed.version == "atom10"
    return feed


def titles(client, address):
    return [entry.title for entry in read_feed(client, address).entries]
