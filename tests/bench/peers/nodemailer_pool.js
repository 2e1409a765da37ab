// nodemailer's connection pool with the same campaign and the same personal parts.
// Usage: NODE_PATH=.../node_modules node nodemailer_pool.js PORT COUNT CONNECTIONS CAMPAIGN.json
"use strict";
const fs = require("fs");
const nodemailer = require("nodemailer");

const [port, count, connections] = process.argv.slice(2, 5).map(Number);
const campaign = JSON.parse(fs.readFileSync(process.argv[5], "utf8"));
const sender = "chair@lists.example.org";
const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text) => text.replace(/[&<>"]/g, (sign) => escapes[sign]);
const fill = (template, values, write) => template.replace(/\{\{ (\w+) \}\}/g, (_, name) => write(values[name]));

const pool = nodemailer.createTransport({
  host: "127.0.0.1", port, pool: true, maxConnections: connections, maxMessages: Infinity,
  secure: false, ignoreTLS: true, name: "bench.example.org",
});

let next = 0;
let done = 0;

function send() {
  if (next >= count) return;
  const number = next++;
  const token = "t" + String(number).padStart(8, "0");
  const values = {
    name: "Zoë Member " + number,
    company: "Company & Sons " + number,
    email: `member${number}@example.net`,
    rsvp: "https://lists.example.org/rsvp/" + token,
    leave: "https://lists.example.org/leave/" + token,
  };
  pool.sendMail({
    from: `Local IT group <${sender}>`, to: values.email, subject: campaign.subject,
    messageId: `<${token}@lists.example.org>`,
    headers: { "List-Unsubscribe": `<${values.leave}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
    text: fill(campaign.text, values, (text) => text), html: fill(campaign.html, values, escape),
  }, (problem) => {
    if (problem) {
      console.error(problem);
      process.exit(1);
    }
    if (++done === count) pool.close();
    else send();
  });
}

for (let n = 0; n < connections * 2; n++) send();
