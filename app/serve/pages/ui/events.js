// The service's events by fetch, as an EventSource can send no token.
import { send, SignedOut } from "./signin.js";

// listen tells of events until the sign-in ends: onEvent(kind), onState(connected).
export async function listen(url, onEvent, onState) {
  let last = "";
  for (;;) {
    try {
      const answer = await send(url, { headers: { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}) } });
      if (answer.ok) {
        onState(true);
        await read(answer.body, (kind, id) => { last = id || last; onEvent(kind); });
      }
    } catch (e) {
      if (e instanceof SignedOut) {
        onState(false);
        return;
      }
    }
    onState(false);
    await new Promise((again) => setTimeout(again, 3000));
  }
}

async function read(body, tell) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (text + value).split("\n\n");
    text = events.pop();
    for (const event of events) {
      const field = (name) => (event.match(new RegExp(`^${name}: ?(.*)$`, "m")) || [])[1];
      if (field("event")) tell(field("event"), field("id"));
    }
  }
}
