import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { loadRest } from "./pages/load";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");
target.replaceChildren();
mount(App, { target });
setTimeout(loadRest, 2000); // what the first page asks for comes first
