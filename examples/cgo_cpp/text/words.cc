#include "text/words.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace text {

std::vector<std::string> words(const std::string &line) {
  if (std::any_of(line.begin(), line.end(), [](unsigned char c) { return std::iscntrl(c) && !std::isspace(c); }))
    throw std::invalid_argument("a control character in \"" + line.substr(0, 8) + "\"");
  std::istringstream stream(line);
  std::vector<std::string> found;
  for (std::string word; stream >> word; found.push_back(word))
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  return found;
}

}  // namespace text
