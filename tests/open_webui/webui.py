"""Open WebUI's own API: as programs use it, and as its page does."""

import time
import uuid

import httpx

from router import eventually


class WebUi:
    def __init__(self, url: str, token: str):
        self.http = httpx.Client(base_url=url, timeout=60, trust_env=False, headers={"Authorization": f"Bearer {token}"})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def get(self, path: str) -> dict:
        answer = self.http.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def post(self, path: str, body: dict) -> dict:
        answer = self.http.post(path, json=body)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def models(self) -> dict:
        return {model["id"]: model for model in self.get("/api/models")["data"]}

    # -- as its page does it

    def say(self, model: str, text: str, after: dict | None = None, **more) -> dict:
        """One turn of a chat, with Open WebUI's own stream reader and tools. Returns the assistant's message when it is done.

        after    the assistant's message before, as this returned it
        """
        question, answer = str(uuid.uuid4()), str(uuid.uuid4())
        user = {"id": question, "parentId": after and after["id"], "childrenIds": [answer], "role": "user", "content": text,
                "timestamp": int(time.time()), "models": [model]}
        earlier = after["messages"] if after else []
        messages = [*earlier, {"role": "user", "content": text}]
        body = {"model": model, "messages": messages, "stream": True, "session_id": "a-session", "id": answer, "parent_id": user["parentId"],
                "user_message": user, "background_tasks": {}, **more}
        if after:
            body["chat_id"] = after["chat_id"]
        chat_id = self.post("/api/chat/completions", body)["chat_id"]
        message = self.wait_for_message(chat_id, answer)
        return {**message, "chat_id": chat_id, "messages": [*messages, {"role": "assistant", "content": message.get("content", "")}]}

    def chat(self, chat_id: str) -> dict:
        return self.get(f"/api/v1/chats/{chat_id}")["chat"]

    def wait_for_message(self, chat_id: str, message_id: str, within=60.0) -> dict:
        def done():
            message = self.chat(chat_id)["history"]["messages"].get(message_id, {})
            return message if message.get("done") or message.get("error") else None

        return eventually(done, within, "a finished answer")
