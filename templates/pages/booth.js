// A booth: each sign-up is on this device before anybody is thanked, and goes to the server when there is a network.
"use strict";

(() => {
  const {page} = device, texts = page.dataset;
  const form = document.getElementById("signup");
  const thanks = document.getElementById("thanks"), state = document.getElementById("state");
  const wrongs = document.getElementById("wrongs"), collector = document.getElementById("collector");
  let trouble = "", reached = true, ready = false, sent = Number(localStorage.getItem(`newsletter count ${texts.kept}`) || 0);

  function show() {
    const waiting = device.all("signup"), wrong = waiting.filter((one) => one.wrong);
    const open = waiting.length - wrong.length;
    const said = [device.fill(texts.sent, {count: sent})];
    if (open) said.push(device.fill(reached && navigator.onLine ? texts.sending : texts.waiting, {count: open}));
    if (trouble && open) said.push(trouble);
    if (ready && !open) said.push(texts.ready);
    if (state.textContent !== said.join(" ")) state.textContent = said.join(" ");
    state.dataset.waiting = open;
    device.wrongs(wrongs, wrong, texts, correct, show);
  }

  function correct(one) {
    if (!form) return;
    device.drop("signup", one.id);
    form.elements.address.value = one.address;
    form.elements.name.value = one.name;
    for (const [key, value] of Object.entries(one.fields)) {
      if (form.elements[`field.${key}`]) form.elements[`field.${key}`].value = value;
    }
    next();
    show();
  }

  function send() {
    show();
    device.send(batch, heard, (status) => {
      reached = false;
      trouble = status ? texts.refused : "";
      show();
    });
  }

  function batch() {
    const waiting = device.all("signup").filter((one) => !one.wrong);
    if (!waiting.length) return null;
    return {signups: JSON.stringify(device.some(waiting))};
  }

  function heard(answer) {
    reached = !Object.keys(answer.keep).length;
    for (const id of answer.taken) {
      device.drop("signup", id);
      sent += 1;
    }
    localStorage.setItem(`newsletter count ${texts.kept}`, sent);
    for (const [id, reason] of Object.entries(answer.wrong)) {
      const one = device.get("signup", id);
      if (one) device.keep("signup", id, {...one, wrong: reason});
    }
    trouble = Object.values(answer.keep)[0] || "";
    show();
    return Boolean(answer.taken.length || Object.keys(answer.wrong).length);
  }

  function next() {
    thanks.hidden = true;
    form.hidden = false;
    form.elements.address.focus();
  }

  function take(event) {
    event.preventDefault();
    const fields = {};
    for (const input of form.querySelectorAll("[name^='field.']")) {
      if (input.value.trim()) fields[input.name.slice(6)] = input.value.trim();
    }
    const one = {
      id: device.number(), at: device.now(), wording: texts.wording, fields,
      address: form.elements.address.value.trim(), name: form.elements.name.value.trim(),
      collector: collector.value.trim(),
    };
    try {
      device.keep("signup", one.id, one);
    } catch (problem) {
      form.removeEventListener("submit", take); // no room on this device: the plain form goes to the server itself
      form.submit();
      return;
    }
    form.reset();
    form.hidden = true;
    thanks.hidden = false;
    thanks.querySelector("h2").focus();
    send();
  }

  if (form) {
    form.addEventListener("submit", take);
    thanks.querySelector("button").addEventListener("click", next);
    collector.value = localStorage.getItem("newsletter collector") || "";
    collector.addEventListener("change", () => localStorage.setItem("newsletter collector", collector.value.trim()));
    device.settle(() => { ready = true; show(); });
  }
  state.hidden = false;
  device.watch(send);
})();
