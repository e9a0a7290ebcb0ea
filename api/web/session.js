// Who is asking. In demo mode a persona is chosen from a menu; elsewhere the school's own site
// opens the session, or a person pastes an access token.

import { ApiError, getJson, postJson, rememberToken } from "./api.js";

const listeners = new Set();

/** `caller`: who is signed in, or `null`; `personas`: whom one may be, empty outside demo mode. */
export const session = { caller: null, personas: [] };

/** Call `listener` after each change of caller. */
export function onCallerChange(listener) {
  listeners.add(listener);
}

/** Find out who is signed in; in demo mode nobody is left at the door. */
export async function openSession() {
  const [personas, known] = await Promise.all([readPersonas(), readSession()]);
  session.personas = personas;
  session.caller = known?.caller ?? null;
  const persona = personas.find((one) => one.id === session.caller?.person_id) ?? personas[0];
  // Also when the cookie is good: a new tab has the cookie and not the token that uploads need.
  if (persona) await becomePersona(persona.id, { quietly: true });
}

/** Become this persona; everything shown is then asked for again. */
export async function becomePersona(id, { quietly = false } = {}) {
  const { token, caller } = await postJson("/v1/demo/session", { persona: id });
  rememberToken(token);
  session.caller = caller;
  if (!quietly) for (const listener of listeners) listener();
}

/** Open a session with an access token from the school. */
export async function signIn(token) {
  const { caller } = await postJson("/v1/session", {}, { headers: { Authorization: `Bearer ${token}` } });
  rememberToken(token);
  session.caller = caller;
  for (const listener of listeners) listener();
}

async function readPersonas() {
  const list = await absentWhen(404, () => getJson("/v1/demo/personas"));
  return list?.personas ?? [];
}

async function readSession() {
  return absentWhen(401, () => getJson("/v1/session"));
}

async function absentWhen(status, read) {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === status) {
      if (status === 401) rememberToken(null);
      return null;
    }
    throw cause;
  }
}
