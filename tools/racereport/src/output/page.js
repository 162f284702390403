"use strict";
// The page is complete without this: it only adds the filters.
const form = document.querySelector("form");
const articles = [...document.querySelectorAll("article")];
const chosen = {
  packages: document.querySelector("#package"),
  tests: document.querySelector("#test"),
};
function filter() {
  let shown = 0;
  for (const article of articles) {
    const fits = (kind) => !chosen[kind].value || article.dataset[kind].split("\n").includes(chosen[kind].value);
    article.hidden = !(fits("packages") && fits("tests"));
    shown += !article.hidden;
  }
  document.querySelector("output").value = `${shown} of ${articles.length} shown`;
}
form.hidden = false;
form.addEventListener("change", filter);
filter();
