/** `npm start`: the App where it has credentials, else the demo on a GitHub emulated on loopback. */
const credentials = ["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET"].some((name) => process.env[name]);
await (credentials ? import("../app/index.ts") : import("../emulated/demo.ts"));
