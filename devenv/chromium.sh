# shellcheck shell=bash
# The browser in which a test looks at racereport's page.

make_chromium() {
  local deb
  make_packages "$repo/devenv/chromium.txt"
  mkdir root
  for deb in *.deb; do dpkg-deb -x "$deb" root; done
  rm ./*.deb
}

# browser: sets $chromium to a root with Chromium.
browser() {
  cached chromium "$(key_of "$repo"/devenv/chromium.{sh,txt})" "Debian's Chromium (about 120 MB to download)" make_chromium
  chromium=$made/root
}
