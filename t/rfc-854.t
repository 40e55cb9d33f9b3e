#!/usr/bin/perl
# Transcript tier, no root: RFC 854 and RFC 1143, TELNET on the control
# connection. Each test is a row of t/conformance/TABLE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my ($iac, $dont, $do, $wont, $will) = map { chr } 255, 254, 253, 252, 251;

# What the server says before it answers a NOOP behind these bytes.
sub answers_to {
	my ($bytes, $most) = @_;
	my $c = session($server);
	my $got = '';

	$c->raw("${bytes}NOOP\r\n");
	Inftpd::Test::wait_until(sub {
		Inftpd::Test::Client::read_some($c->socket, \$got, 0.02);
		return length $got >= $most + length "200 NOOP ok.\r\n";
	}, 1);
	holds($got =~ s/200 NOOP ok\.\r\n\z//, 'NOOP is answered, and last');
	return $got;
}

requirement 'RFC 854: WILL is answered with DONT' => sub {
	same(answers_to("$iac$will\x01", 3), "$iac$dont\x01", 'WILL');
};
requirement 'RFC 854: DO is answered with WONT' => sub {
	same(answers_to("$iac$do\x03", 3), "$iac$wont\x03", 'DO');
};
requirement 'RFC 854: an option is refused before what is behind it' => sub {
	same(answers_to("NOOP\r\n$iac$do\x03", 17),
	    "200 NOOP ok.\r\n$iac$wont\x03", 'between two replies');
};
requirement 'RFC 1143: WONT and DONT of what is off are not answered' => sub {
	same(answers_to("$iac$wont\x01$iac$dont\x03", 0), '', 'WONT, DONT');
};
requirement 'RFC 1143: each request has one answer, so that none loops' => sub {
	same(answers_to("$iac$do\x01" x 3, 9), "$iac$wont\x01" x 3, 'DO');
};
requirement 'RFC 854: the server offers no option by itself' => sub {
	same(answers_to('', 0), '', 'nothing sent');
};
requirement 'RFC 854: other commands are passed over' => sub {
	same(answers_to(join('', map { $iac . chr } 241 .. 249), 0), '', 'NOP to GA');
};
requirement 'RFC 854: SB and what is up to SE are passed over' => sub {
	my $c = session($server);

	gives($c, "NO$iac\xfa\x18\0ansi\r\n$iac${iac}QUIT\r\n$iac\xf0OP", 200);
	gives($c, 'NOOP', 200);
};
requirement 'RFC 854: SB without SE keeps nobody from being heard' => sub {
	my $c = session($server);

	$c->raw("$iac\xfa" . 'x' x 5000);
	gives($c, '', 500);
	gives($c, 'NOOP', 200);
};
requirement 'RFC 854: a command may stand in the middle of a line' => sub {
	gives(session($server), "NO$iac\xf1OP", 200);
};
requirement 'RFC 854: IAC IAC is one byte 255' => sub {
	my $c = session($server, 'alice');

	gives($c, "MKD a$iac$iac", 257, qr/^"\/a$iac$iac"/);
	holds(-d $server->data("a$iac"), 'on disk');
};
requirement 'RFC 854: IAC and its command may come in different segments' => sub {
	my $c = session($server);

	for my $byte (split //, "NO$iac\xf1OP\r\n") {
		$c->raw($byte);
		Time::HiRes::sleep(0.005);
	}
	then_gives($c, 200);
};
requirement 'RFC 854: CR NUL is a CR by itself and ends no line' => sub {
	my $c = session($server, 'alice');

	gives($c, "MKD x\r\0MKD y", 501);
	holds(!-e $server->data('y'), 'y was made');
};
requirement 'RFC 854: the data mark of a Synch is found, urgent or not' => sub {
	my $c = session($server);

	$c->raw("$iac\xf4$iac");
	send $c->socket, "\xf2", Socket::MSG_OOB();
	gives($c, 'NOOP', 200);
	gives($c, "$iac\xf4$iac\xf2NOOP", 200);
};
not_done 'RFC 854: a Synch discards what came before it',
    'no command is lost: RFC 959 wants Synch to get ABOR noticed, which it is without' => sub {
	my $c = session($server);

	$c->raw("SYST\r\n$iac");
	send $c->socket, "\xf2", Socket::MSG_OOB();
	gives($c, 'NOOP', 200);
};

$server->done;
done_testing;
