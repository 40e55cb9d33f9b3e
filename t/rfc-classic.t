#!/usr/bin/perl
# Transcript tier, no root: what other servers have got wrong. Each test is a
# row of t/conformance/TABLE, under the section that was read wrongly.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $drain = \&Inftpd::Test::Client::drain;
my $write = \&Inftpd::Test::Client::write_all;
my $ascii = Inftpd::Test->new(conf => { ascii_download_enable => 'YES' });

$server->file('file', '0123456789');
$server->file('dir/inner', 'x');
truncate $server->file('large'), 1 << 30 or die "truncate: $!";

sub alice { return session($server, 'alice') }

# --- replies that somebody else wrote ----------------------------------------

my $forger = Inftpd::Test->new(conf => { dirmessage_enable => 'YES' });

$forger->file("a\r\n226 done\r\n", 'x');
$forger->file("d\r\n/in\r\n250 End", 'x');
$forger->file('m/.message', "line\r\n250 Forged\r\n550 Forged\r\n");
symlink "a\r\n226 done\r\n", $forger->data('link');

requirement 'RFC 959 4.2: a name with CR LF forges no reply in STAT' => sub {
	my $c = session($forger, 'alice');

	for my $line ('STAT /', 'STAT *', 'STAT link', 'STAT -R /') {
		my @lines = ($c->cmd($line))[2 .. 99];
		@lines = grep { defined } @lines;
		holds(!(grep { /[\r\n]/ || /^\d/ } @lines[1 .. $#lines - 1]), $line);
		gives($c, 'NOOP', 200);
	}
};
requirement 'RFC 959 4.2: a name with CR LF makes no line in a listing' => sub {
	my $c = session($forger, 'alice');

	for my $line ('LIST', 'NLST', 'NLST a*', 'LIST -F link') {
		my ($bytes) = $c->fetch($line);
		holds($bytes !~ /^\d+ done/m && $bytes !~ /\r[^\n]|[^\r]\n/, $line);
	}
};
requirement 'RFC 3659 7.2: a name with CR LF makes no line in MLSD and MLST' => sub {
	my $c = session($forger, 'alice');
	my ($bytes) = $c->fetch('MLSD');

	holds(/\A(?:[^ ;=]+=[^;]*;)+ [^\r\n]+\z/, $_) for split /\r\n/, $bytes;
	same(scalar(() = gives($c, 'MLST link', 250)), 3, 'MLST');
};
requirement 'RFC 959 4.2: a name with CR LF forges no reply to HASH, MFF and STOU' => sub {
	my $own = Inftpd::Test->new(conf => { hash_enable => 'YES' });
	my $c = session($own, 'alice');

	$own->file("d\r\n226 done/file", 'x');
	my $there = glob $own->data('d*');
	rename $there, $own->data("d\n226 x") or die "rename: $!";
	symlink "d\n226 x", $own->data('link');
	for my $line (Inftpd::Test::built('digest') ? 'HASH link/file' : (), 
	    'MFF Modify=20200101000000; link/file', 'STAT link/file', 'MLST link/file', 'STAT link') {
		my ($code, undef, @lines) = $c->cmd($line);
		holds($code =~ /^2/, "$line: $code") unless $line =~ /HASH/ && $code eq 451;
		holds(!(grep { /[\r\n]/ } @lines), $line);
		gives($c, 'NOOP', 200);
	}
};
requirement 'RFC 959 4.2: no command makes a name with CR LF for PWD to tell' => sub {
	my $c = session($forger, 'alice');

	gives($c, "MKD x\ry", 501);
	gives($c, "MKD x\r\0y", 501);
	gives($c, "CWD d\r\0", 501);
	$c->raw("CWD d\r\n/\r\n");
	then_gives($c, $_) for 550, 500;
	gives($c, 'PWD', 257, qr{^"/"});
};
requirement 'RFC 959 4.2: a message file forges no reply' => sub {
	my $c = session($forger, 'alice');
	my @lines = gives($c, 'CWD m', 250);

	holds((grep { /^250-/ } @lines) == @lines - 1, "@lines");
	gives($c, 'NOOP', 200);
};

# --- REST and RNFR -----------------------------------------------------------

requirement 'RFC 3659 5.3: REST with junk is 501 and sets nothing' => sub {
	my $c = alice();

	gives($c, "REST $_", 501) for 'junk', '5junk', '-5', '99999999999999999999';
	same(($c->retr('file'))[0], '0123456789', 'RETR');
};
requirement 'RFC 3659 5.3: REST does not survive a LIST' => sub {
	my $c = alice();

	for my $line ('LIST', 'NLST', 'MLSD') {
		gives($c, 'REST 5', 350);
		$c->fetch($line);
		same(($c->retr('file'))[0], '0123456789', $line);
	}
};
requirement 'RFC 3659 5.3: REST cuts nothing off a listing' => sub {
	my $c = alice();
	my ($whole) = $c->fetch('NLST');

	gives($c, 'REST 5', 350);
	same(($c->fetch('NLST'))[0], $whole, 'NLST');
};
requirement 'RFC 959 4.1.3: RNFR survives no other command' => sub {
	my $c = alice();

	for my $line ('NOOP', 'PWD', 'CWD /', 'SIZE file', 'STAT', 'XYZZY',
	    'TYPE I', 'RETR missing') {
		gives($c, 'RNFR file', 350);
		$c->cmd($line);
		# An unknown verb is no command: either is right.
		my $code = within($c, 'RNTO renamed', $line eq 'XYZZY'
		    ? (503, 250) : 503);
		if ($code eq 250) {
			gives($c, 'RNFR renamed', 350);
			gives($c, 'RNTO file', 250);
		}
	}
};

# --- EPRT, EPSV, SIZE --------------------------------------------------------

requirement 'RFC 2428 4: EPRT is refused after EPSV ALL' => sub {
	my $c = alice();

	gives($c, 'EPSV ALL', 200);
	gives($c, 'EPRT |1|127.0.0.1|51200|', 503);
	gives($c, 'RETR file', 425);
};
requirement 'RFC 2428 2: family 3 is 522 (1,2), no 501 and no 500' => sub {
	gives(alice(), 'EPRT |3|127.0.0.1|51200|', 522, qr/\(1,2\)/);
};
requirement 'RFC 3659 4: SIZE in TYPE A is not that of TYPE I' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file('lines', "\n" x 10);
	gives($c, 'TYPE A', 200);
	gives($c, 'SIZE lines', 213, '20');
	gives($c, 'TYPE I', 200);
	gives($c, 'SIZE lines', 213, '10');
};

# --- uploads -----------------------------------------------------------------

requirement 'RFC 959 4.1.3: STOR without a data connection leaves the old file' => sub {
	my $c = alice();

	$server->file('old', 'old content');
	gives($c, 'STOR old', 425);
	$c->pasv_port;
	gives($c, 'STOR old', 150);
	same($server->content('old'), 'old content', 'while it is awaited');
	$c->raw("ABOR\r\n");
	then_gives($c, $_) for 426, 226;
	same($server->content('old'), 'old content', 'and after ABOR');
};
requirement 'RFC 959 4.1.3: STOR to a client who does not listen leaves the old file' => sub {
	my $c = alice();
	my $listener = $c->listener;
	my $line = 'PORT ' . Inftpd::Test::Client::port_text(
	    $listener->sockhost, $listener->sockport);

	close $listener;
	$server->file('old', 'old content');
	gives($c, $line, 200);
	my ($code) = $c->cmd('STOR old');
	($code) = $c->reply if $code eq 150;
	same($code, 425, 'STOR');
	same($server->content('old'), 'old content', 'content');
};
requirement 'RFC 959 4.1.3: two APPE at once lose no byte' => sub {
	my @sessions = (alice(), alice());
	my @ends;

	for my $c (@sessions) {
		push @ends, $c->pasv;
		gives($c, 'APPE both', 150);
	}
	$write->($ends[$_ % 2], $_ % 2 ? 'a' x 1000 : 'b' x 1000) for 1 .. 100;
	close $_ for @ends;
	@ends = ();
	then_gives($_, 226) for @sessions;
	my $content = $server->content('both');
	same(length $content, 100000, 'bytes');
	same($content =~ tr/a//, 50000, 'of the one');
};
requirement 'RFC 959 4.1.3: RETR of a FIFO is refused and waits for nobody' => sub {
	my $c = alice();

	POSIX::mkfifo($server->data('fifo'), 0644);
	$c->pasv;
	gives($c, 'RETR fifo', 550);
	gives($c, 'NOOP', 200);
	for my $line ('STOR fifo', 'APPE fifo') {
		my $port = $c->pasv_port;
		gives($c, $line, 553);
	}
	gives($c, 'SIZE fifo', 550);
};
requirement 'RFC 959 5.3.2: SITE CHMOD with a mode that is none changes none' => sub {
	my $c = alice();

	chmod 0640, $server->data('file');
	gives($c, "SITE CHMOD $_ file", 501) for 'abc', '8', '64x', '-1',
	    '77777', '0x1ff', '';
	gives($c, 'SITE CHMOD 644', 501);
	same(sprintf('%o', (stat $server->data('file'))[2] & 07777), '640', 'mode');
};

# --- lines -------------------------------------------------------------------

requirement 'RFC 1123 4.1.2.10: CR and LF in two segments lose no command' => sub {
	my $c = alice();

	for (1 .. 5) {
		$c->raw("PWD\r");
		Time::HiRes::sleep(0.01);
		$c->raw("\nSYST\r");
		Time::HiRes::sleep(0.01);
		$c->raw("\n");
		then_gives($c, $_) for 257, 215;
	}
};
requirement 'RFC 959 5.3: a NUL cuts no name off' => sub {
	my $c = alice();

	$server->file('keep', 'x');
	gives($c, "DELE keep\0.bak", 501);
	gives($c, "RNFR keep\0", 501);
	gives($c, "MKD made\0x", 501);
	holds(-e $server->data('keep'), 'keep is gone');
	holds(!-e $server->data('made'), 'made is there');
};
requirement 'RFC 959 5.3: the tail of a line that is too long is not run' => sub {
	my $c = alice();

	for my $length (512, 1024, 4096, 8192, 65536) {
		$c->raw('x' x $length . "\tMKD tail\r\nNOOP\r\n");
		then_gives($c, $_) for 500, 200;
		$c->raw('x' x $length . "MKD tail\r\nNOOP\r\n");
		then_gives($c, $_) for 500, 200;
	}
	holds(!-e $server->data('tail'), 'tail is there');
};
requirement 'RFC 959 4.1.3: ABOR is obeyed without urgent data' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'RETR large', 150);
	$c->raw("ABOR\r\n");
	then_gives($c, $_) for 426, 226;
};
requirement 'RFC 959 4.1.3: ABOR is obeyed while the connection is awaited' => sub {
	my $c = alice();
	my $port = $c->pasv_port;

	gives($c, 'RETR file', 150);
	$c->raw("ABOR\r\n");
	then_gives($c, $_) for 426, 226;
	holds(!$c->dial($port), 'the port is open');
};

# --- listings ----------------------------------------------------------------

requirement 'RFC 959 4.1.3: NLST takes a pattern' => sub {
	my $c = alice();
	my %found = ('NLST dir/inn*' => 'dir/inner', 'NLST fil?' => 'file',
	    'NLST /[f]ile' => '/file', 'NLST none*' => '');

	for my $line (sort keys %found) {
		my ($list, $code) = $c->list($line);
		same("$code @$list", "226 $found{$line}", $line);
	}
};
requirement 'RFC 959 4.1.3: NLST takes the name of a file' => sub {
	my ($list, $code) = alice()->list('NLST dir/inner');

	same("$code @$list", '226 dir/inner', 'NLST');
};
requirement 'RFC 959 4.1.3: NLST of an empty directory is empty and well' => sub {
	$server->dir('empty');
	my ($bytes, $code) = alice()->fetch('NLST empty');

	same("$code $bytes", '226 ', 'NLST');
};

# --- data connections --------------------------------------------------------

requirement 'RFC 959 3.3: the passive port is closed behind its transfer' => sub {
	my $c = alice();

	for my $line ('RETR file', 'LIST', 'RETR missing') {
		my $port = $c->pasv_port;
		my $data = $c->dial($port);
		my ($code) = $c->cmd($line);
		if ($code eq 150) {
			$drain->($data);
			then_gives($c, 226);
		}
		holds(!$c->dial($port), "$line: it is open");
	}
};
requirement 'RFC 959 4.1.2: 300 PASV leave one listener' => sub {
	my $c = alice();
	my @ports = map { $c->pasv_port } 1 .. 300;
	my $last = pop @ports;

	same((grep { $_ != $last && $c->dial($_) } @ports) + 0, 0, 'open ones');
	my @open = glob "/proc/$c->{pid}/fd/*";
	holds(@open < 30, @open . ' descriptors');
};
requirement 'RFC 2577 8: an early connection of a thief keeps the client not out' => sub {
	my $c = alice();
	my $port = $c->pasv_port;
	my @thieves = map { $c->dial($port, '127.0.0.2') } 1 .. 8;
	my $own = $c->dial($port);

	gives($c, 'RETR file', 150);
	same($drain->($own), '0123456789', 'the client');
	then_gives($c, 226);
	same($drain->($_), '', 'a thief') for grep { $_ } @thieves;
};

$_->done for $server, $ascii, $forger;
done_testing;
