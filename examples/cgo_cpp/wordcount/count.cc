#include "count.h"

#include <cstring>
#include <exception>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "text/words.h"

namespace {

std::map<std::string, int> count(const std::string &text) {
  std::map<std::string, int> counts;
  std::exception_ptr failure;
  std::mutex mutex;
  std::vector<std::thread> threads;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    threads.emplace_back([&, line] {
      try {
        const auto words = text::words(line);
        const std::lock_guard<std::mutex> lock(mutex);
        for (const auto &word : words) ++counts[word];
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        failure = std::current_exception();
      }
    });
  }
  for (auto &thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  return counts;
}

}  // namespace

char *count_words(const char *text, char **error) {
  try {
    std::ostringstream out;
    const char *separator = "";
    for (const auto &[word, number] : count(text)) {
      out << separator << word << '=' << number;
      separator = " ";
    }
    return strdup(out.str().c_str());
  } catch (const std::exception &failure) {
    // Go code cannot catch it: no exception may leave C++.
    std::cerr << "count_words: " << failure.what() << std::endl;
    *error = strdup(failure.what());
    return nullptr;
  }
}
