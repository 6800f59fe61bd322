"""The MCP endpoint as a client of the 2025 protocols sends to it."""

import json

ADDRESS = "/mcp/"
ACCEPT = "application/json, text/event-stream"


def send(client, message, **headers):
    """Send a message, an object or text as it is, and return the response."""
    body = message if isinstance(message, (str, bytes)) else json.dumps(message)
    return client.post(
        ADDRESS, body, content_type="application/json", headers={"accept": ACCEPT} | headers
    )


def request(method, **params):
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def call(client, name, /, **arguments):
    """Return the structured answer of a tool."""
    result = result_of(client, name, **arguments)
    assert result["isError"] is False, result["content"]
    return result["structuredContent"]


def error_of(client, name, /, **arguments):
    """Return the words of a tool's error."""
    result = result_of(client, name, **arguments)
    assert result["isError"] is True, result
    return result["content"][0]["text"]


def result_of(client, name, /, **arguments):
    response = send(client, request("tools/call", name=name, arguments=arguments))
    assert response.status_code == 200, response.content
    return response.json()["result"]
