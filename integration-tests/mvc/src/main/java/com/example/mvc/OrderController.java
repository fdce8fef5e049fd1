package com.example.mvc;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@CrossOrigin("https://friend.example")
class OrderController {

	@GetMapping("/orders")
	String list() {
		return "none";
	}

	@PostMapping("/orders")
	@ResponseStatus(HttpStatus.CREATED)
	String place(@RequestBody String order) {
		return "placed " + order;
	}

	@GetMapping("/fail")
	String fail() {
		throw new IllegalStateException("deliberate");
	}

}
