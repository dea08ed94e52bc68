// Signing in by authorization code with PKCE (RFC 7636). Tokens live in this page's memory only;
// what a redirection needs is kept for the tab until it is back.
const kept = "aiops.sign-in";
const page = location.origin + location.pathname;
let settings = null; // {issuer, client}, or null where nobody signs in
let endpoints = null;
let tokens = null; // {access, refresh, id, due}
let renewing = null;

export class SignedOut extends Error {}

// begin takes up what the sign-in server answered; it reports whether requests may be sent.
export async function begin(signIn) {
  settings = signIn;
  if (!settings) return true;
  const answer = new URLSearchParams(location.search);
  const asked = JSON.parse(sessionStorage.getItem(kept) || "null");
  if (answer.has("state")) {
    sessionStorage.removeItem(kept);
    history.replaceState(null, "", page + ((asked && asked.hash) || ""));
    if (!asked || asked.state !== answer.get("state") || (answer.has("iss") && answer.get("iss") !== settings.issuer)) {
      throw new SignedOut("The answer of the sign-in server does not belong to this page. Sign in again.");
    }
    if (answer.has("error")) {
      if (answer.get("error") === "login_required" && asked.quiet) return false;
      throw new SignedOut(`The sign-in server refused: ${answer.get("error_description") || answer.get("error")}.`);
    }
    await discover();
    await exchange({ grant_type: "authorization_code", code: answer.get("code"), redirect_uri: page, code_verifier: asked.verifier }, asked.nonce);
    sessionStorage.setItem(kept, JSON.stringify({ was: true }));
    return true;
  }
  if (asked && asked.was) { // the tab was signed in before it was loaded again
    await leave(true);
    return new Promise(() => {}); // the page is left
  }
  return false;
}

// signIn leaves for the sign-in server.
export const signIn = () => leave(false);

async function leave(quiet) {
  if (!globalThis.crypto || !crypto.subtle) throw new SignedOut("A browser signs in over https only (or on this computer). Open this page with https.");
  await discover();
  const asked = { state: random(), nonce: random(), verifier: random(), hash: location.hash, quiet };
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(asked.verifier));
  sessionStorage.setItem(kept, JSON.stringify(asked));
  const to = new URL(endpoints.authorization_endpoint);
  const query = { response_type: "code", client_id: settings.client, redirect_uri: page, scope: "openid", state: asked.state, nonce: asked.nonce,
    code_challenge: base64url(new Uint8Array(digest)), code_challenge_method: "S256", ...(quiet ? { prompt: "none" } : {}) };
  for (const [name, value] of Object.entries(query)) to.searchParams.set(name, value);
  location.assign(to);
}

// signOut ends the session at the sign-in server, and here.
export function signOut() {
  const id = tokens && tokens.id;
  forget();
  const to = new URL(endpoints.end_session_endpoint);
  const query = { client_id: settings.client, post_logout_redirect_uri: page, ...(id ? { id_token_hint: id } : {}) };
  for (const [name, value] of Object.entries(query)) to.searchParams.set(name, value);
  location.assign(to);
}

// name is who is signed in.
export const name = () => (tokens ? claims(tokens.id).name || claims(tokens.id).preferred_username || claims(tokens.id).sub : "");

// send is fetch with the token; a token that is refused is renewed once.
export async function send(url, options = {}) {
  if (!settings) return fetch(url, options);
  const ask = () => fetch(url, { ...options, credentials: "omit", headers: { ...options.headers, Authorization: `Bearer ${tokens.access}` } });
  if (!tokens) throw new SignedOut("Sign in first.");
  if (Date.now() > tokens.due) await renew();
  let answer = await ask();
  if (answer.status === 401) {
    await renew();
    answer = await ask();
    if (answer.status === 401) {
      forget();
      throw new SignedOut((await answer.json()).detail);
    }
  }
  return answer;
}

// renew asks for new tokens, once for all that wait: an old refresh token ends the session.
function renew() {
  renewing ??= exchange({ grant_type: "refresh_token", refresh_token: tokens.refresh }).finally(() => { renewing = null; });
  return renewing;
}

async function exchange(form, nonce) {
  let answer;
  try {
    answer = await fetch(endpoints.token_endpoint, { method: "POST", credentials: "omit", body: new URLSearchParams({ client_id: settings.client, ...form }) });
  } catch (e) {
    throw new Error(`The sign-in server ${settings.issuer} cannot be reached, or does not let this page ask (its Web origins): ${e.message}.`);
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    if (answer.status >= 500) throw new Error(`The sign-in server answers ${answer.status}. It is tried again.`);
    forget();
    throw new SignedOut(form.refresh_token ? "The session has ended. Sign in again." : `The sign-in server refused: ${body.error_description || body.error}.`);
  }
  const id = body.id_token || tokens.id;
  const c = claims(id);
  if (c.iss !== settings.issuer || ![].concat(c.aud).includes(settings.client) || (nonce && c.nonce !== nonce)) {
    forget();
    throw new SignedOut("The sign-in server's answer is for somebody else. Sign in again.");
  }
  tokens = { access: body.access_token, refresh: body.refresh_token, id, due: Date.now() + Math.max(5, body.expires_in - 30) * 1000 };
}

function forget() {
  tokens = null;
  sessionStorage.removeItem(kept);
}

async function discover() {
  if (endpoints) return;
  try {
    endpoints = await (await fetch(`${settings.issuer}/.well-known/openid-configuration`, { credentials: "omit" })).json();
  } catch (e) {
    throw new Error(`The sign-in server ${settings.issuer} cannot be reached: ${e.message}. Check the network and try again.`);
  }
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// claims reads a token that came from the server itself over a checked connection.
function claims(token) {
  const text = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0))));
}
