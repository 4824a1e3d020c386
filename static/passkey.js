// Passkeys: a form fetches a challenge, the browser answers it, and the form is sent with the answer.
(() => {
  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const known = (list) => list.map((one) => ({ ...one, id: bytes(one.id) }));

  const answer = async (options) => {
    const challenge = bytes(options.challenge);
    if (options.rp) {
      const user = { ...options.user, id: bytes(options.user.id) };
      const publicKey = { ...options, challenge, user, excludeCredentials: known(options.excludeCredentials) };
      const { response } = await navigator.credentials.create({ publicKey });
      return { client_data: text(response.clientDataJSON), attestation: text(response.attestationObject) };
    }
    const publicKey = { ...options, challenge, allowCredentials: known(options.allowCredentials) };
    const { rawId, response } = await navigator.credentials.get({ publicKey });
    return {
      credential_id: text(rawId),
      client_data: text(response.clientDataJSON),
      authenticator_data: text(response.authenticatorData),
      signature: text(response.signature),
      user_handle: response.userHandle ? text(response.userHandle) : "",
    };
  };

  const send = async (form) => {
    const reply = await fetch(form.dataset.passkey, { method: "POST", headers: { accept: "application/json" } });
    if (!reply.ok) throw new Error(`the challenge answered ${reply.status}`);
    for (const [name, value] of Object.entries(await answer(await reply.json()))) {
      // An answer of before, when one came back to the page, makes room for the new one.
      const field = form.elements[name] || form.appendChild(document.createElement("input"));
      Object.assign(field, { type: "hidden", name, value });
    }
    form.submit();
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const problem = form.querySelector("[role=alert]");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      problem.textContent = "";
      send(form).catch((error) => {
        const isKnown = error.name === "InvalidStateError";
        problem.textContent = isKnown ? "This device has a passkey of yours already." : "That did not work. Try once more.";
      });
    });
  }
})();
